/** The table of a comparison's results: a row for each setting, or for each setting of all axes but one. */
import { UserError } from '../../errors/index.js';
import { axisNamed, reachIn, type Comparison } from '../analysis/compare.js';
import type { CurvePoint } from '../analysis/curve.js';
import type { Group } from '../analysis/groups.js';
import { sampleOf } from '../analysis/interval.js';
import { accuracy, metrics, type Metric } from '../analysis/metrics.js';
import { unknownName } from '../../registry/index.js';
import { axisColumns } from './axis-columns.js';
import { bestRows, type Measured } from './best.js';
import { pivoted } from './pivot.js';
import type { Unit } from './scale.js';
import type { Amount, Column, NameColumn, Table } from './table.js';

export interface ResultsOptions {
  /** Keys of the columns beside those of the axes, in their order. Default: all; of a pivoted table the accuracy. */
  readonly columns?: readonly string[];
  /** An axis whose values become columns. */
  readonly pivot?: string;
}

/** Means over seeds ± half the 95 % interval. @throws UserError where there is no such column or axis */
export function resultsTable(comparison: Comparison, { columns, pivot }: ResultsOptions = {}): Table {
  const { axes, groups } = comparison;
  const all = [...countColumns(groups), ...measuredColumns(comparison)];
  const chosen = columns ?? (pivot === undefined ? all.map(({ key }) => key) : [all[amountAt(all)].key]);
  const shown = chosen.map((key) => {
    const found = all.find((column) => column.key === key);
    if (found === undefined)
      throw new UserError(
        unknownName(
          'column',
          key,
          all.map((column) => column.key),
        ),
      );
    return found;
  });
  const caption = captionOf(comparison, shown);
  if (pivot !== undefined) {
    return pivoted({ axis: axisNamed(pivot, axes), axes, groups, columns: shown, caption });
  }
  return {
    caption,
    columns: [
      ...axisColumns(
        axes,
        groups.map(({ labels }) => labels),
      ),
      ...shown,
    ],
  };
}

const amountAt = (columns: readonly Column[]) =>
  Math.max(
    0,
    columns.findIndex((column) => 'amounts' in column),
  );

function captionOf({ groups, area, target }: Comparison, shown: readonly Column[]): string {
  const has = (pattern: RegExp) => shown.some(({ key }) => pattern.test(key));
  const several = groups.some(({ runs }) => runs.length > 1);
  const diverged = groups.some(({ runs }) => runs.some((run) => run.diverged));
  return [
    several
      ? 'Mean over seeds ± half of the 95 % interval (Student’s t).'
      : 'One seed each, so without intervals.',
    ...(diverged
      ? [
          'A run that diverged has no result; “(2 of 3)” marks the mean of the runs that did not diverge, which flatters the setting.',
        ]
      : []),
    ...(area && has(/^area$/)
      ? [
          `AUC, the area under the curve over its width, is the mean test accuracy over rounds ${area.span[0]}–${area.span[1]}, which all runs span.`,
        ]
      : []),
    ...(target !== undefined && has(/_to_target$/)
      ? [
          `To ${Number((100 * target).toFixed(2))} %: at the first evaluation that met it; where not every run did, how many did, their middle one where it is known, and what the others had at least.`,
        ]
      : []),
  ].join(' ');
}

/** How many runs there are, and where one diverged, of how many that is known. */
function countColumns(groups: readonly Group[]): NameColumn[] {
  const seeds = groups.map(({ runs }) => runs.length);
  const diverged = groups.map(({ runs }) => runs.filter((run) => run.diverged).length);
  return [
    { key: 'seeds', label: 'Seeds', names: seeds.map(String) },
    ...(diverged.some((runs) => runs > 0)
      ? [{ key: 'diverged', label: 'Diverged', names: diverged.map(String) }]
      : []),
  ];
}

/** Accuracy and loss, what the target took, and all else that any run has. */
function measuredColumns(comparison: Comparison): Measured[] {
  const { groups, area } = comparison;
  const [first, second, ...others] = [...metrics, ...(area ? [area] : [])].map((metric) =>
    metricColumn(metric, groups),
  );
  return [first, second, ...reachColumns(comparison), ...others]
    .filter(({ amounts }) => amounts.some(isKnown))
    .map((column) => ({ ...column, best: bestRows(column, comparison) }));
}

function metricColumn(metric: Metric, groups: readonly Group[]): Measured {
  const { key, label, unit, better, of } = metric;
  const amounts = groups.map(({ runs }): Amount => {
    const isLost = metric === accuracy && runs.every((run) => run.diverged);
    return isLost ? 'diverged' : sampleOf(runs.map(of));
  });
  return { key, label, unit, amounts, ...(better && { better }) };
}

const isKnown = (amount: Amount) =>
  typeof amount === 'string' ||
  (amount !== undefined && (!('mean' in amount) || Number.isFinite(amount.mean)));

/** What the target took, by each way to count that was recorded. */
function reachColumns({ target, groups }: Comparison): Measured[] {
  if (target === undefined) return [];
  const to = `to ${Number((100 * target).toFixed(2))} %`;
  const ways: readonly (readonly [
    key: string,
    label: string,
    unit: Unit,
    of: (point: CurvePoint) => number | undefined,
  ])[] = [
    ['rounds', 'Rounds', 'count', ({ round }) => round],
    ['steps', 'Local steps', 'count', ({ steps }) => steps],
    ['bytes', 'Bytes', 'bytes', ({ bytes }) => bytes],
    ['time', 'Virtual time', 'plain', ({ time }) => time],
  ];
  return ways.map(([key, label, unit, of]) => ({
    key: `${key}_to_target`,
    label: `${label} ${to}`,
    unit,
    amounts: groups.map((group) => reachIn(group, target, of)),
    better: 'less',
  }));
}
