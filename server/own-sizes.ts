/** The partition where clients bring their own data: how many examples they have is what they say; only they know which. */
import type { Partition } from '../data/index.js';
import { range } from '../numerics/index.js';
import type { Member } from './members.js';

/** @param samplesOf how many examples a client has, as far as it is known */
export const withOwnSizes = (
  partition: Partition,
  samplesOf: (client: number) => number | undefined,
): Partition => {
  const size = (client: number) => samplesOf(client) ?? 0;
  return { ...partition, size, indices: (client) => range(size(client)) };
};

/** The partition as a worker sees it that may not be a member yet. */
export const partitionOf = (partition: Partition, { clients, samples }: Member): Partition =>
  samples === undefined ? partition : withOwnSizes(partition, (client) => samples[clients.indexOf(client)]);
