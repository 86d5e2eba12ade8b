/**
 * For which γ replicas that exchange with random groups come together: the interval of the
 * NoLoCo paper, arXiv 2506.10911, equations 69–74, and the exact one of the mean square of the distance to consensus
 * under fresh random groups of many replicas, without the gradient.
 */

/** An open interval. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** 0 < γ < 2(1 − α²) / (1 + α − 2α (n − 1)/n). */
export function stableInterval(alpha: number, groupSize: number): Interval {
  const kappa = (groupSize - 1) / groupSize;
  return { from: 0, to: (2 * (1 - alpha * alpha)) / (1 + alpha - 2 * alpha * kappa) };
}

/** √(n / (2(n − 1))) α < γ < √(n (2 + α²) / (2(n − 1))): equation 74. */
export function publishedInterval(alpha: number, groupSize: number): Interval {
  const factor = Math.sqrt(groupSize / (2 * (groupSize - 1)));
  return { from: factor * alpha, to: factor * Math.sqrt(2 + alpha * alpha) };
}

/** What is known of γ where it lies outside one of the intervals; undefined where it lies in both. */
export function doubtfulGamma(
  alpha: number,
  gamma: number,
  groupSize: number,
): { readonly isUnstable: boolean; readonly sentence: string } | undefined {
  const stable = stableInterval(alpha, groupSize);
  const published = publishedInterval(alpha, groupSize);
  const isUnstable = !includes(stable, gamma);
  if (!isUnstable && includes(published, gamma)) return undefined;
  const sentence =
    `noloco: with alpha ${alpha} and groups of ${groupSize}, replicas come together for gamma in ` +
    `${written(stable)} only (the paper's interval, its equation 74, is ${written(published)}), ` +
    `and gamma is ${gamma}`;
  return { isUnstable, sentence };
}

const includes = ({ from, to }: Interval, x: number) => x > from && x < to;

const written = ({ from, to }: Interval) => `(${rounded(from)}, ${rounded(to)})`;
const rounded = (x: number) => String(Number(x.toFixed(3)));
