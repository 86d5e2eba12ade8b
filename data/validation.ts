/**
 * Validation parts: a share of every client's examples, or of the whole training set before it is partitioned.
 * Which examples they are follows from the seed alone.
 */
import { permutation, portion, range, sampleWithoutReplacement, stream } from '../numerics/index.js';
import type { Partition, SharedPartition } from './partition.js';
import { listPartition } from './partitions/lists.js';
import { PartitionError } from './partitions/partition-error.js';

export interface HeldOut {
  readonly train: Partition;
  /** A client of few examples may have none here. */
  readonly validation: Partition;
}

/**
 * Splits each client's examples: round(share · n) of its n different ones are held out, at random, and at least
 * one stays for training. An example that the client holds twice goes to one part with both.
 * @param share above 0, below 1
 * @throws PartitionError where the share is outside
 */
export function holdOut(partition: Partition, share: number, seed: number): HeldOut {
  checkShare(share);
  const { clients } = partition;
  const split = (client: number) => splitIndices(partition.indices(client), share, seed, client);
  const shared = partition.share?.();
  if (shared === undefined || shared.kind === 'lists') {
    const splits = Array.from(range(clients), split);
    return {
      train: listPartition(splits.map(({ train }) => train)),
      validation: listPartition(splits.map(({ validation }) => validation)),
    };
  }
  const part = (name: 'train' | 'validation'): Partition => ({
    clients,
    size: (client) => split(client)[name].length,
    indices: (client) => split(client)[name],
    share: (): SharedPartition => ({ kind: 'held-out', of: shared, share, seed, part: name }),
  });
  return { train: part('train'), validation: part('validation') };
}

/**
 * Holds out round(share · examples) of the training set, at random, at least one and not all; both parts ascend.
 * `partitionSubset` partitions the rest.
 * @throws PartitionError where the share is outside (0, 1) or there are fewer than two examples
 */
export function holdOutExamples(
  examples: number,
  share: number,
  seed: number,
): { readonly train: Uint32Array; readonly validation: Uint32Array } {
  checkShare(share);
  if (examples < 2)
    throw new PartitionError(`two examples are needed to hold one out; there are ${examples}`);
  const count = Math.min(Math.max(Math.round(portion(share, examples)), 1), examples - 1);
  const held = sampleWithoutReplacement(stream(seed, 'validation'), examples, count);
  const isHeld = new Set(held);
  return { train: range(examples).filter((i) => !isHeld.has(i)), validation: Uint32Array.from(held) };
}

function checkShare(share: number): void {
  if (share > 0 && share < 1) return;
  throw new PartitionError(`a validation share is above 0 and below 1 (0.1 holds out a tenth), not ${share}`);
}

function splitIndices(indices: Uint32Array, share: number, seed: number, client: number) {
  const different = indices.filter((index, place) => place === 0 || index !== indices[place - 1]);
  const count = Math.min(Math.round(portion(share, different.length)), different.length - 1);
  const order = permutation(stream(seed, 'validation', 'client', client), different.length);
  const held = new Set(Array.from(order.subarray(0, count), (place) => different[place]));
  return {
    train: indices.filter((index) => !held.has(index)),
    validation: indices.filter((index) => held.has(index)),
  };
}
