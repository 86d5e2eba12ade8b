/** The prior of a layer's global units: from the options, or estimated anew from the clusters (SPAHM). */
import type { MatchingOptions } from './options.js';
import type { Cluster, Prior } from './scores.js';
import type { Signatures } from './signatures.js';

/** The same mean for every weight, another for biases. */
export function priorOf(
  { rows, biases }: Signatures,
  { priorMean, biasPriorMean, sigma, sigma0 }: MatchingOptions,
): Prior {
  const mean = new Float64Array(rows[0].length).fill(priorMean);
  for (const bias of biases) mean[bias] = biasPriorMean;
  return { mean, sigma, sigma0 };
}

const SMALLEST_VARIANCE = 1e-10;

/**
 * SPAHM's closed forms: the prior mean is the mean of the clusters' means, sigma the variance within clusters,
 * sigma0 that of the clusters' means less what sigma explains. Variances are pooled over the coordinates that
 * count fully; the others keep their prior mean.
 */
export function reestimated(
  { mean, sigma }: Prior,
  clients: readonly Signatures[],
  clusters: readonly Cluster[],
): Prior {
  const plain = mean.length - clients[0].belief.length;
  const units = clusters.reduce((total, { count }) => total + count, 0);
  const fresh = mean.slice();
  let within = 0;
  let between = 0;
  for (let d = 0; d < plain; d++) {
    const centre = clusters.reduce((total, { sum, count }) => total + sum[d] / count, 0) / clusters.length;
    for (const { rows } of clients) for (const row of rows) within += row[d] * row[d];
    for (const { sum, count } of clusters) {
      within -= (sum[d] * sum[d]) / count;
      between += (sum[d] / count - centre) ** 2;
    }
    fresh[d] = centre;
  }
  const shared = units - clusters.length;
  const newSigma = shared === 0 ? sigma : Math.max(within / (shared * plain), SMALLEST_VARIANCE);
  const explained =
    (newSigma * clusters.reduce((total, { count }) => total + 1 / count, 0)) / clusters.length;
  const newSigma0 = Math.max(between / (clusters.length * plain) - explained, SMALLEST_VARIANCE);
  return { mean: fresh, sigma: newSigma, sigma0: newSigma0 };
}
