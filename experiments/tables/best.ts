/** The best of a column's rows, among those that are alike but for the compared axis. */
import type { Comparison } from '../analysis/compare.js';
import { familiesOf } from '../analysis/families.js';
import type { Metric } from '../analysis/metrics.js';
import { columnScale, isReach, type Amount, type AmountColumn } from './table.js';

export type Measured = AmountColumn & Pick<Metric, 'better'>;

/**
 * The rows with the best mean, as it is written. A row of which a run has no number is none of them; neither is one
 * that has none to compare it with, and one in several comparisons only where it is the best in all.
 */
export function bestRows(column: Measured, { groups, axes, compared }: Comparison): Set<number> {
  const { better, amounts } = column;
  if (better === undefined) return new Set();
  const { write } = columnScale(column);
  const others = axes.filter((axis) => axis !== compared);
  const contests = familiesOf(groups, others).map((family) => {
    const rows = family.map((group) => groups.indexOf(group));
    const known = rows.flatMap((row) => {
      const mean = meanOf(amounts[row]);
      return Number.isFinite(mean) ? [{ row, mean }] : [];
    });
    const means = known.map(({ mean }) => mean);
    const best = write(better === 'more' ? Math.max(...means) : Math.min(...means));
    const won = known.filter(({ mean }) => known.length > 1 && write(mean) === best).map(({ row }) => row);
    return { rows, won };
  });
  const lost = contests.flatMap(({ rows, won }) => rows.filter((row) => !won.includes(row)));
  return new Set(contests.flatMap(({ won }) => won).filter((row) => !lost.includes(row)));
}

function meanOf(amount: Amount): number {
  if (typeof amount !== 'object') return NaN;
  if (isReach(amount)) return amount.all?.mean ?? NaN;
  const { count, mean, of = count } = amount;
  return count < of ? NaN : mean;
}
