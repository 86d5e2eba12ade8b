/**
 * The normal distribution as a table of equally likely values: a draw is a look-up with the same bits in every JavaScript engine.
 * d3-random's normal takes logarithms, whose bits differ, and transformed inputs are not hashed.
 */

export const LEVELS = 4096;

let table: Float64Array | undefined;

/** The quantiles of N(0, 1) at (i + ½) / LEVELS, ascending, scaled so that their variance is 1. */
export function normalQuantiles(): Float64Array {
  if (table !== undefined) return table;
  const half = LEVELS / 2;
  const quantiles = new Float64Array(LEVELS);
  let low = 0;
  let sumOfSquares = 0;
  for (let i = 0; i < half; i++) {
    low = quantile((half + i + 0.5) / LEVELS, low);
    quantiles[half + i] = low;
    quantiles[half - 1 - i] = -low;
    sumOfSquares += 2 * low * low;
  }
  const scale = Math.sqrt(LEVELS / sumOfSquares);
  table = quantiles.map((z) => z * scale);
  return table;
}

/** Bisection between `low` and 4; the error is at most 10⁻⁹, in the tail. */
function quantile(p: number, low: number): number {
  let high = 4;
  for (let i = 0; i < 52; i++) {
    const middle = (low + high) / 2;
    if (cumulative(middle) < p) low = middle;
    else high = middle;
  }
  return low;
}

/** Φ(z) for 0 ≤ z ≤ 4: ½ + (z − z³/6 + z⁵/40 − …)/√(2π), the integral of the exponential's series. */
function cumulative(z: number): number {
  let power = z;
  let sum = z;
  for (let n = 1; n < 60; n++) {
    power *= -(z * z) / (2 * n);
    sum += power / (2 * n + 1);
  }
  return 0.5 + sum / Math.sqrt(2 * Math.PI);
}
