/** The partition where clients bring their own data: how many examples they have is what they say; only they know which. */
import { measureSizes, type Partition } from '../data/index.js';
import { range } from '../numerics/index.js';
import type { Federation } from '../recipe/index.js';
import type { RegisteredWorker, WorkerRegistry } from './worker-registry.js';

/** The federation with the sizes of its clients, as far as members have told them by the time that they are asked for. */
export function federationOf(federation: Federation, members: WorkerRegistry): Federation {
  if (members.names === undefined) return federation;
  const partition = withOwnSizes(federation.partition, (client) => members.samplesOf(client));
  return { ...federation, partition, skew: () => measureSizes(partition) };
}

/** @param samplesOf how many examples a client has, as far as it is known */
const withOwnSizes = (partition: Partition, samplesOf: (client: number) => number | undefined): Partition => {
  const size = (client: number) => samplesOf(client) ?? 0;
  return { ...partition, size, indices: (client) => range(size(client)) };
};

/** The partition as a worker sees it that may not be a member yet. */
export const partitionOf = (partition: Partition, { clients, samples }: RegisteredWorker): Partition =>
  samples === undefined ? partition : withOwnSizes(partition, (client) => samples[clients.indexOf(client)]);
