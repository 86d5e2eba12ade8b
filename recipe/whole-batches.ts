/**
 * Whether clients have a whole batch. The last batch of an epoch is smaller where examples do not divide evenly, so
 * that of a client with few examples the only one may be: common where owners or draws decide who has how many, but
 * where it is so of everybody the batch size is not what was meant.
 */
import { localDataClients, type Partition } from '../data/index.js';
import { range } from '../numerics/index.js';
import type { Recipe } from './recipe.js';

interface Shortfall {
  readonly batchSize: number;
  /** Those with fewer examples than a batch, and how many clients there are. */
  readonly short: Uint32Array;
  readonly clients: number;
}

/** Clients without a whole batch, where a batch is so many examples; of clients with their own data it is not known. */
function shortfall({ algorithm, data }: Recipe, partition: Partition): Shortfall | undefined {
  const { batchSize } = algorithm;
  if (typeof batchSize !== 'number' || localDataClients(data.partition) !== undefined) return undefined;
  const { clients } = partition;
  const short = range(clients).filter((client) => partition.size(client) < batchSize);
  return short.length === 0 ? undefined : { batchSize, short, clients };
}

/** Why a batch cannot be so large, as a sentence: nobody has as many examples. */
export function refuseBatch(recipe: Recipe, partition: Partition): string | undefined {
  const found = shortfall(recipe, partition);
  if (found === undefined || found.short.length < found.clients) return undefined;
  const largest = found.short.reduce((a, b) => (partition.size(b) > partition.size(a) ? b : a));
  const most = partition.size(largest);
  return (
    `algorithm.batchSize is ${found.batchSize}, but no client has as many examples: the largest, client ${largest}, ` +
    `has ${most}; use at most ${most}, or batchSize: all`
  );
}

/** What a user should know where some clients have no whole batch, as a sentence. */
export function warnOfBatch(recipe: Recipe, partition: Partition): string | undefined {
  const found = shortfall(recipe, partition);
  if (found === undefined) return undefined;
  const { batchSize, short, clients } = found;
  const least = short.reduce((a, b) => (partition.size(b) < partition.size(a) ? b : a));
  const size = partition.size(least);
  return (
    `${short.length} of ${clients} clients ${short.length === 1 ? 'has' : 'have'} fewer examples than a batch of ${batchSize} ` +
    `(client ${least} has ${size}) and ${short.length === 1 ? 'trains' : 'train'} on what there is`
  );
}
