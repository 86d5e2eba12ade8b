/**
 * Validation parts: a fraction of every client's examples, or of the whole training set before it is partitioned. The seed alone
 * decides which examples are held out.
 */
import { permutation, portion, range, sampleWithoutReplacement, stream } from '../numerics/index.js';
import type { Partition, SharedPartition } from './partition.js';
import { listPartition } from './partitions/lists.js';
import { PartitionError } from './partitions/partition-error.js';

export interface HeldOut {
  readonly train: Partition;
  /** A client with few examples may have no validation examples. */
  readonly validation: Partition;
}

/**
 * Splits each client's examples: holds out round(fraction · n) of its n different examples at random, and keeps at least one for
 * training. Both copies of an example that the client holds twice go to the same part.
 * @param fraction above 0, below 1
 * @throws PartitionError if the fraction is outside
 */
export function holdOut(partition: Partition, fraction: number, seed: number): HeldOut {
  checkFraction(fraction);
  const { clients } = partition;
  const split = (client: number) => splitIndices(partition.indices(client), fraction, seed, client);
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
    share: (): SharedPartition => ({ kind: 'held-out', of: shared, fraction, seed, part: name }),
  });
  return { train: part('train'), validation: part('validation') };
}

/**
 * Holds out round(fraction · examples) of the training set at random, at least one and not all; both parts ascend.
 * `partitionSubset` partitions the rest.
 * @throws PartitionError if the fraction is outside (0, 1) or there are fewer than two examples
 */
export function holdOutExamples(
  examples: number,
  fraction: number,
  seed: number,
): { readonly train: Uint32Array; readonly validation: Uint32Array } {
  checkFraction(fraction);
  if (examples < 2)
    throw new PartitionError(
      `a validation part needs two examples at least; the training set has ${examples}`,
    );
  const count = Math.min(Math.max(Math.round(portion(fraction, examples)), 1), examples - 1);
  const heldOut = sampleWithoutReplacement(stream(seed, 'validation'), examples, count);
  const isHeldOut = new Set(heldOut);
  return { train: range(examples).filter((i) => !isHeldOut.has(i)), validation: Uint32Array.from(heldOut) };
}

function checkFraction(fraction: number): void {
  if (fraction > 0 && fraction < 1) return;
  throw new PartitionError(
    `data.validation: a fraction is above 0 and below 1 (0.1 holds out a tenth), not ${fraction}`,
  );
}

function splitIndices(indices: Uint32Array, fraction: number, seed: number, client: number) {
  const different = indices.filter((index, place) => place === 0 || index !== indices[place - 1]);
  const count = Math.min(Math.round(portion(fraction, different.length)), different.length - 1);
  const order = permutation(stream(seed, 'validation', 'client', client), different.length);
  const heldOut = new Set(Array.from(order.subarray(0, count), (place) => different[place]));
  return {
    train: indices.filter((index) => !heldOut.has(index)),
    validation: indices.filter((index) => heldOut.has(index)),
  };
}
