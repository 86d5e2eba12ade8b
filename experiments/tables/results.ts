/** The tables of a comparison: results by setting, paired differences, what was chosen on the validation part. */
import { axisLabel, type Axis } from '../analysis/axes.js';
import { reachIn, type Comparison } from '../analysis/compare.js';
import type { CurvePoint } from '../analysis/curve.js';
import type { Group } from '../analysis/groups.js';
import { intervalOf, type Interval } from '../analysis/interval.js';
import { metrics, type Metric } from '../analysis/metrics.js';
import type { AmountColumn, Column, NameColumn, Table } from './table.js';
import type { Unit } from './scale.js';

/** A row for each setting: means over seeds ± half the 95 % interval. */
export function resultsTable(comparison: Comparison): Table {
  const { axes, groups, area } = comparison;
  const [first, second, ...others] = [...metrics, ...(area ? [area] : [])]
    .map((metric) => metricColumn(metric, groups))
    .filter(isKnown);
  return {
    caption: resultsCaption(comparison),
    columns: [
      ...axisColumns(
        axes,
        groups.map(({ labels }) => labels),
      ),
      { key: 'seeds', label: 'Seeds', names: groups.map(({ runs }) => String(runs.length)) },
      ...[first, second],
      ...reachColumns(comparison),
      ...others,
    ],
  };
}

function resultsCaption({ groups, area, target }: Comparison): string {
  const several = groups.some(({ runs }) => runs.length > 1);
  return [
    several
      ? 'Mean over seeds ± half of the 95 % interval (Student’s t).'
      : 'One seed each, so without intervals.',
    ...(area
      ? [
          `AUC, the area under the curve over its width, is the mean test accuracy over rounds ${area.span[0]}–${area.span[1]}, which all runs span.`,
        ]
      : []),
    ...(target === undefined
      ? []
      : [
          `To ${Number((100 * target).toFixed(2))} %: at the first evaluation that met it; where not every run did, how many did, their middle one where it is known, and what the others had at least.`,
        ]),
  ].join(' ');
}

/** Paired over seeds, of the compared axis' values against its first. */
export function differencesTable({ differences, axes, compared }: Comparison): Table | undefined {
  if (compared === undefined || differences.length === 0) return undefined;
  const others = axes.filter((axis) => axis !== compared);
  const plain = (key: string, label: string, unit: Unit, of: (i: number) => number): AmountColumn => ({
    key,
    label,
    unit,
    amounts: differences.map((_, i) => single(of(i))),
  });
  const pairs = Math.max(...differences.map(({ count }) => count));
  return {
    caption:
      `Differences in test accuracy to ${differences[0].baseline}, paired by seed, ± half of the 95 % interval. ` +
      'Two-sided p by Student’s paired t and by all signs of the differences, each also after Holm’s adjustment over this table. ' +
      `With ${pairs} seeds p over the signs cannot fall below ${Number((2 / 2 ** pairs).toPrecision(2))}.`,
    columns: [
      ...axisColumns(
        others,
        differences.map(({ among }) => among),
      ),
      { key: 'value', label: axisLabel(compared.name, axes), names: differences.map(({ value }) => value) },
      { key: 'seeds', label: 'Seeds', names: differences.map(({ count }) => String(count)) },
      { key: 'difference', label: 'Difference', unit: 'share', amounts: differences },
      plain('p_t', 'p (t)', 'p', (i) => differences[i].pStudent),
      plain('p_t_holm', 'p (t, Holm)', 'p', (i) => differences[i].adjustedStudent),
      plain('p_signs', 'p (signs)', 'p', (i) => differences[i].pSignFlip),
      plain('p_signs_holm', 'p (signs, Holm)', 'p', (i) => differences[i].adjustedSignFlip),
    ],
  };
}

/** What was tried and what was kept. */
export function choicesTable({ choices, allAxes }: Comparison): Table | undefined {
  const tried = choices.flatMap(({ candidates, chosen }) =>
    candidates.map(({ group, validation }) => ({
      validation,
      labels: group.labels,
      isChosen: group === chosen,
    })),
  );
  if (tried.length === 0) return undefined;
  return {
    caption:
      'Settings are chosen by their mean accuracy on the validation part at the end; the test set had no say in it, and all other tables and plots are of what was chosen.',
    columns: [
      ...axisColumns(
        allAxes,
        tried.map(({ labels }) => labels),
      ),
      {
        key: 'validation_accuracy',
        label: 'Validation accuracy',
        unit: 'share',
        amounts: tried.map(({ validation }) => single(validation)),
      },
      { key: 'chosen', label: 'Chosen', names: tried.map(({ isChosen }) => (isChosen ? 'yes' : '')) },
    ],
  };
}

const axisColumns = (axes: readonly Axis[], labels: readonly (readonly string[])[]): NameColumn[] =>
  axes.map(({ name }, i) => ({
    key: name,
    label: axisLabel(name, axes),
    names: labels.map((row) => row[i]),
  }));

const metricColumn = ({ key, label, unit, of }: Metric, groups: readonly Group[]): AmountColumn => ({
  key,
  label,
  unit,
  amounts: groups.map(({ runs }) => intervalOf(runs.map(of))),
});

const isKnown = ({ amounts }: AmountColumn) =>
  amounts.some((amount) => amount !== undefined && 'mean' in amount && Number.isFinite(amount.mean));

/** What the target took, by each way to count that was recorded. */
function reachColumns({ target, groups }: Comparison): Column[] {
  if (target === undefined) return [];
  const to = `to ${Number((100 * target).toFixed(2))} %`;
  const ways: readonly (readonly [key: string, unit: Unit, of: (point: CurvePoint) => number | undefined])[] =
    [
      ['rounds', 'count', ({ round }) => round],
      ['bytes', 'bytes', ({ bytes }) => bytes],
      ['time', 'plain', ({ time }) => time],
    ];
  const labels: Readonly<Record<string, string>> = { rounds: 'Rounds', bytes: 'Bytes', time: 'Virtual time' };
  return ways.flatMap(([key, unit, of]) => {
    const amounts = groups.map((group) => reachIn(group, target, of));
    if (amounts.every((amount) => amount === undefined)) return [];
    return [{ key: `${key}_to_target`, label: `${labels[key]} ${to}`, unit, amounts }];
  });
}

/** A number that has no interval. */
const single = (value: number): Interval => ({ count: 1, mean: value, margin: NaN });
