/** The table of paired differences: the compared axis' values against its first. */
import { axisLabel } from '../analysis/axes.js';
import type { Comparison } from '../analysis/compare.js';
import type { Interval } from '../analysis/interval.js';
import { axisColumns } from './axis-columns.js';
import type { AmountColumn, Table } from './table.js';

/** Nothing where there is nothing to compare. */
export function differencesTable({ differences, axes, compared }: Comparison): Table | undefined {
  if (compared === undefined || differences.length === 0) return undefined;
  const others = axes.filter((axis) => axis !== compared);
  const plain = (key: string, label: string, of: (i: number) => number): AmountColumn => ({
    key,
    label,
    unit: 'p',
    amounts: differences.map((_, i) => single(of(i))),
  });
  const axis = axisLabel(compared.name, axes);
  const pairs = Math.max(...differences.map(({ count }) => count));
  const isPart = differences.some(({ count, of }) => count < of);
  return {
    caption: [
      `Differences in test accuracy in percentage points (pp) between values of ${axis}, paired by seed, ± half of the 95 % interval.`,
      'Two-sided p by Student’s paired t and by all signs of the differences, each also after Holm’s adjustment over this table.',
      ...(pairs > 1
        ? [
            `With ${pairs} seeds p over the signs cannot fall below ${Number((2 / 2 ** pairs).toPrecision(2))}.`,
          ]
        : []),
      ...(isPart ? ['“2 of 3” seeds: of the others one of the two runs is missing or diverged.'] : []),
    ].join(' '),
    columns: [
      ...axisColumns(
        others,
        differences.map(({ among }) => among),
        axes,
      ),
      {
        key: 'axis',
        label: 'Axis',
        names: differences.map(() => compared.name),
        isForPrograms: true,
      },
      { key: 'value', label: axis, names: differences.map(({ value }) => value) },
      { key: 'baseline', label: 'Against', names: differences.map(({ baseline }) => baseline) },
      {
        key: 'seeds',
        label: 'Seeds',
        names: differences.map(({ count, of }) => (count < of ? `${count} of ${of}` : String(count))),
        plain: differences.map(({ count }) => String(count)),
      },
      {
        key: 'difference',
        label: 'Difference',
        unit: 'points',
        amounts: differences.map(({ count, mean, margin }) => ({ count, mean, margin })),
      },
      plain('p_t', 'p (t)', (i) => differences[i].pStudent),
      plain('p_t_holm', 'p (t, Holm)', (i) => differences[i].adjustedStudent),
      plain('p_signs', 'p (signs)', (i) => differences[i].pSignFlip),
      plain('p_signs_holm', 'p (signs, Holm)', (i) => differences[i].adjustedSignFlip),
    ],
  };
}

/** A number that has no interval. */
const single = (value: number): Interval => ({ count: 1, mean: value, margin: NaN });
