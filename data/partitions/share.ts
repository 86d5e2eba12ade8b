/** Sends a partition to another thread: lists by their SharedArrayBuffers, other partitions by their recipe. */
import type { Partition, SharedPartition } from '../partition.js';
import { holdOut } from '../validation.js';
import { partitions } from './index.js';
import { listsOf, openLists } from './lists.js';
import { throughSubset } from './subset.js';

/** The message to send; `postMessage` copies only the options, and labels outside shared memory. */
export function sharePartition(partition: Partition): SharedPartition {
  if (partition.share !== undefined) return partition.share();
  const lists = Array.from({ length: partition.clients }, (_, client) => partition.indices(client));
  return { kind: 'lists', ...listsOf(lists) };
}

/** Opens a partition that another thread sent. A plugin's partition needs the plugin in this thread too. */
export function openPartition(shared: SharedPartition): Partition {
  switch (shared.kind) {
    case 'lists':
      return openLists(shared);
    case 'recipe':
      return partitions.create(shared.choice, shared.context);
    case 'held-out':
      return holdOut(openPartition(shared.of), shared.fraction, shared.seed)[shared.part];
    case 'subset':
      return throughSubset(openPartition(shared.of), shared.examples);
  }
}
