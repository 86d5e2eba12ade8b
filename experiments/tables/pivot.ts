/** A table of results whose columns are the values of one axis: methods down, settings across. */
import { axisLabel, valueLabel, type Axis } from '../analysis/axes.js';
import { settingsKey, type Group } from '../analysis/groups.js';
import { axisColumns } from './axis-columns.js';
import { columnScale, type Amount, type AmountColumn, type Column, type Table } from './table.js';

export interface Pivot {
  readonly axis: Axis;
  /** All of them. */
  readonly axes: readonly Axis[];
  readonly groups: readonly Group[];
  /** With a cell for each group. */
  readonly columns: readonly Column[];
  readonly caption: string;
}

/** A group that has no value on the axis stands in a column of its own, the first. */
export function pivoted({ axis, axes, groups, columns, caption }: Pivot): Table {
  const others = axes.filter((other) => other !== axis);
  const keyOf = ({ settings }: Group) => settingsKey(settings, others);
  const rows = [...new Map(groups.map((group) => [keyOf(group), group])).values()];
  const at = axes.indexOf(axis);
  const met = new Set(groups.map(({ labels }) => labels[at]));
  const values = ['–', ...axis.values.map(valueLabel)].filter((value) => met.has(value));
  const cellAt = (row: Group, value: string) =>
    groups.findIndex((group) => keyOf(group) === keyOf(row) && group.labels[at] === value);
  const label = (value: string) => `${axisLabel(axis.name, axes)} ${value}`;
  return {
    caption: `${caption} ${seedsOf(groups)}`,
    columns: [
      ...axisColumns(
        others,
        rows.map(({ labels }) => labels.filter((_, i) => i !== at)),
        axes,
      ),
      ...values.flatMap((value) =>
        columns.map((column): Column => {
          const cells = rows.map((row) => cellAt(row, value));
          const heads = headsOf(column, columns.length > 1 ? undefined : value, label(value));
          const key = `${column.key}[${value}]`;
          return 'names' in column
            ? { key, ...heads, names: cells.map((cell) => column.names[cell] ?? '–') }
            : { ...column, key, ...heads, ...amountsAt(column, cells) };
        }),
      ),
    ],
  };
}

/** One measure stands over its values; of several each value stands over its measures. */
function headsOf(column: Column, only: string | undefined, label: string) {
  if ('names' in column) {
    return only === undefined ? { group: label, label: column.label } : { group: column.label, label };
  }
  const scale = columnScale(column);
  if (only === undefined) return { group: label, label: column.label, scale };
  const unit = scale.symbol === '' ? '' : ` (${scale.symbol})`;
  return { group: `${column.label}${unit}`, label, scale: { ...scale, symbol: '' } };
}

function amountsAt({ amounts, best }: AmountColumn, cells: readonly number[]) {
  return {
    amounts: cells.map((cell): Amount => amounts[cell]),
    ...(best && {
      best: new Set(cells.flatMap((cell, row) => (best.has(cell) ? [row] : []))),
    }),
  };
}

function seedsOf(groups: readonly Group[]): string {
  const counts = groups.map(({ runs }) => runs.length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `Seeds of each: ${most}.` : `Seeds of each: ${least} to ${most}.`;
}
