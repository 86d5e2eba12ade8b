/**
 * Running statistics of batch norm in federated rounds: clients answer with theirs as they are, in a vector of its own,
 * and the server's become the mean with the clients' weights. No server's rate, momentum or correction scales them.
 */
import { putStatistics, STATISTICS, statisticsLength, type Model } from '../learning/index.js';

type Vectors<Names extends string> = Readonly<Record<Names, Float32Array>>;

/** An answer's vectors and beside them the client's running statistics, where the model has some. */
export function withStatistics<Names extends string>(
  vectors: Vectors<Names>,
  statistics: Float32Array | undefined,
): Vectors<Names> {
  return statistics === undefined || statistics.length === 0
    ? vectors
    : { ...vectors, [STATISTICS]: statistics };
}

/** The lengths of an answer's vectors, that of the running statistics among them where the model has some. */
export function withStatisticsLength(
  lengths: Readonly<Record<string, number>>,
  { manifest }: Model,
): Readonly<Record<string, number>> {
  const length = statisticsLength(manifest);
  return length === 0 ? lengths : { ...lengths, [STATISTICS]: length };
}

/** The server's next weights with the clients' mean statistics in place, where their answers have some. */
export function placeStatistics(
  { manifest }: Model,
  weights: Float32Array,
  means: Vectors<string>,
): Float32Array {
  if (!Object.hasOwn(means, STATISTICS)) return weights;
  const placed = Float32Array.from(weights);
  putStatistics(manifest, means[STATISTICS], placed);
  return placed;
}
