/**
 * Tests of differences between two settings that ran with the same seeds. Both are given, since seeds are few:
 * Student's paired t, which takes differences for normal, and the exact sign-flip permutation test, which takes
 * them only for symmetric but cannot go below 2 ÷ 2ⁿ.
 */
import { mean } from '../../numerics/index.js';
import { intervalOf, standardError, type Interval } from './interval.js';
import { studentTwoSided } from './student-t.js';

export interface PairedDifference extends Interval {
  /** Two-sided p of the paired t test; NaN from one pair. */
  readonly pStudent: number;
  /** Two-sided p over all 2ⁿ signs of the differences; NaN from one pair, and above 20 pairs. */
  readonly pSignFlip: number;
}

/** @param differences a pair's each, at least one */
export function pairedDifference(differences: readonly number[]): PairedDifference {
  return {
    ...intervalOf(differences),
    pStudent: pairedStudent(differences),
    pSignFlip: signFlip(differences),
  };
}

function pairedStudent(differences: readonly number[]): number {
  if (differences.length < 2) return NaN;
  const centre = mean(differences);
  const error = standardError(differences);
  if (error === 0) return centre === 0 ? 1 : 0;
  return studentTwoSided(centre / error, differences.length - 1);
}

const mostPairs = 20;

function signFlip(differences: readonly number[]): number {
  const pairs = differences.length;
  if (pairs < 2 || pairs > mostPairs) return NaN;
  const total = differences.reduce((sum, value) => sum + value, 0);
  // Sums of the same numbers in other orders differ by rounding: what is as extreme but for that counts.
  const scale = differences.reduce((sum, value) => sum + Math.abs(value), 0);
  const observed = Math.abs(total) - 1e-12 * scale;
  const arrangements = 2 ** pairs;
  // In Gray code one sign changes from an arrangement to the next.
  const signs = differences.map(() => 1);
  let sum = total;
  let extreme = 1;
  for (let index = 1; index < arrangements; index++) {
    const flipped = 31 - Math.clz32(index & -index);
    signs[flipped] = -signs[flipped];
    sum += 2 * signs[flipped] * differences[flipped];
    if (Math.abs(sum) >= observed) extreme++;
  }
  return extreme / arrangements;
}

/** Holm's adjustment (1979) of p-values that are read together, in their order. NaN stays, and counts for none. */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = pValues.map(() => NaN);
  const order = pValues
    .flatMap((p, index) => (Number.isNaN(p) ? [] : [index]))
    .sort((a, b) => pValues[a] - pValues[b]);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (order.length - rank) * pValues[index]));
    adjusted[index] = largest;
  });
  return adjusted;
}
