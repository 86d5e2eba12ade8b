/** Partitions a subset of the training set, if the rest is held out. */
import type { Choice } from '../../registry/index.js';
import type { Partition, PartitionContext } from '../partition.js';
import { sharedInt32, type SharedInt32 } from '../shared-arrays.js';
import { partitions } from './index.js';
import { listPartition } from './lists.js';

/**
 * Partitions `examples` only; the indices are those of the whole training set.
 * @param examples indices into the training set, ascending
 */
export function partitionSubset(choice: Choice, context: PartitionContext, examples: Uint32Array): Partition {
  const { owner, labels } = context;
  return throughSubset(
    partitions.create(choice, {
      ...context,
      labels: pick(labels, examples),
      ...(owner !== undefined && { owner: pick(owner, examples) }),
    }),
    examples,
  );
}

/** Maps a partition of 0, …, n − 1 to the n `examples`. */
export function throughSubset(partition: Partition, examples: Uint32Array): Partition {
  const indices = (client: number) => partition.indices(client).map((place) => examples[place]);
  const shared = partition.share?.();
  if (shared === undefined || shared.kind === 'lists') {
    return listPartition(Array.from({ length: partition.clients }, (_, client) => indices(client)));
  }
  return {
    clients: partition.clients,
    size: (client) => partition.size(client),
    indices,
    share: () => ({ kind: 'subset', of: shared, examples }),
  };
}

/** `values` at `places`, in shared memory. */
function pick(values: Int32Array, places: Uint32Array): SharedInt32 {
  const picked = sharedInt32(places.length);
  for (const [i, place] of places.entries()) picked[i] = values[place];
  return picked;
}
