/**
 * Partitions as lists of indices (compressed sparse rows) in SharedArrayBuffers, and examples grouped by class or owner in the
 * same form.
 */
import type { Lists, Partition } from '../partition.js';
import { sharedUint32, type SharedUint32 } from '../shared-arrays.js';
import { PartitionError } from './partition-error.js';

/** The partition with the given lists. */
export function openLists(lists: Lists): Partition {
  const { offsets, indices } = lists;
  return {
    clients: offsets.length - 1,
    size: (client) => offsets[client + 1] - offsets[client],
    indices: (client) => row(lists, client),
    share: () => ({ kind: 'lists', offsets, indices }),
  };
}

/** Client c holds `lists[c]`, sorted. */
export const listPartition = (lists: readonly ArrayLike<number>[]): Partition => openLists(listsOf(lists));

/** Concatenates `lists`, each sorted. */
export function listsOf(lists: readonly ArrayLike<number>[]): Lists {
  const offsets = sharedUint32(lists.length + 1);
  for (const [client, list] of lists.entries()) offsets[client + 1] = offsets[client] + list.length;
  const indices = sharedUint32(offsets[lists.length]);
  for (const [client, list] of lists.entries()) {
    indices.set(list, offsets[client]);
    indices.subarray(offsets[client], offsets[client + 1]).sort();
  }
  return { offsets, indices };
}

/**
 * Assigns example i to client `client[i]`, or to no client if that is negative.
 * @param remedy the error's advice if a client has no examples
 * @throws PartitionError if a client has no examples
 */
export function assignedPartition(clients: number, client: Int32Array, remedy: string): Partition {
  const lists = groupBy(client, clients);
  for (let c = 0; c < clients; c++) {
    if (lists.offsets[c] === lists.offsets[c + 1]) {
      throw new PartitionError(`client ${c} of ${clients} has no examples: ${remedy}`);
    }
  }
  return openLists(lists);
}

/** The ascending positions of each key in [0, groups); ignores negative keys. */
export function groupBy(keys: Int32Array, groups: number): Lists {
  const offsets = sharedUint32(groups + 1);
  for (const key of keys) if (key >= 0) offsets[key + 1]++;
  for (let group = 0; group < groups; group++) offsets[group + 1] += offsets[group];
  const next = offsets.slice();
  const indices = sharedUint32(offsets[groups]);
  for (let i = 0; i < keys.length; i++) if (keys[i] >= 0) indices[next[keys[i]]++] = i;
  return { offsets, indices };
}

/**
 * Groups examples by class.
 * @throws PartitionError if a label is not a class
 */
export function groupByClass({ labels, classes }: { labels: Int32Array; classes: number }): Lists {
  const wrong = labels.findIndex((label) => label < 0 || label >= classes);
  if (wrong >= 0) {
    throw new PartitionError(
      `example ${wrong} has the label ${labels[wrong]}; with ${classes} classes labels are 0 to ${classes - 1}`,
    );
  }
  return groupBy(labels, classes);
}

/** Row r of compressed rows, as a view. */
export function row({ offsets, indices }: Lists, r: number): SharedUint32 {
  return indices.subarray(offsets[r], offsets[r + 1]);
}
