/**
 * A fraction of a count, free of binary rounding: 0.29 · 100 is 28.999999999999996 in float64 and 29 on paper.
 * Whatever rounds a product of a fraction and a count up, down or off rounds this.
 */

/** Float64 has 15.95 decimal digits; a product of two factors is right to 15 of them. */
const DIGITS = 15;

export const portion = (fraction: number, count: number): number =>
  Number((fraction * count).toPrecision(DIGITS));

/** Σ values up to each place, with an error of one rounding however many there are (Neumaier 1974). */
export function cumulativeSums(values: readonly number[]): number[] {
  let sum = 0;
  let lost = 0;
  return values.map((value) => {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
    return sum + lost;
  });
}
