/**
 * For which γ replicas that exchange with random groups come together: the interval of the
 * NoLoCo paper, arXiv 2506.10911, equations 69–74, and the exact one of the mean square of the distance to consensus
 * under fresh random groups, without the gradient.
 */

/** An open interval. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/**
 * 0 < γ < 2(1 − α²) / (1 + α − 2ακ). With P the mean within groups and u the distances from the mean of all N replicas,
 * E[uᵀ(I − P)u] = κ‖u‖²: two replicas are in one group with probability (n − 1)/(N − 1), times (N − r)/N where r are left
 * out, so κ = (n − 1)/n · (N − r)/(N − 1), the paper's times N/(N − 1) where n divides N. Since (I − P)² = I − P, the second
 * moments of u and δ follow a linear recursion in α, γ and κ alone, whose spectral radius is below 1 in this interval.
 */
export function stableInterval(alpha: number, groupSize: number, replicas: number): Interval {
  const grouped = replicas - (replicas % groupSize);
  const kappa = (((groupSize - 1) / groupSize) * grouped) / (replicas - 1);
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
  replicas: number,
): { readonly isUnstable: boolean; readonly sentence: string } | undefined {
  const stable = stableInterval(alpha, groupSize, replicas);
  const published = publishedInterval(alpha, groupSize);
  const isUnstable = !includes(stable, gamma);
  if (!isUnstable && includes(published, gamma)) return undefined;
  const sentence =
    `noloco: with alpha ${alpha} and groups of ${groupSize} of ${replicas} replicas, these come together for gamma in ` +
    `${written(stable)} only (the paper's interval, its equation 74, is ${written(published)}), ` +
    `and gamma is ${gamma}`;
  return { isUnstable, sentence };
}

const includes = ({ from, to }: Interval, x: number) => x > from && x < to;

const written = ({ from, to }: Interval) => `(${rounded(from)}, ${rounded(to)})`;
const rounded = (x: number) => String(Number(x.toFixed(3)));
