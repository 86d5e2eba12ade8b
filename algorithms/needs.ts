/** Declarations of algorithms: the recipe fields that they read, and the schedules, topologies and links that they run on. */
import type { ConditionalField, ScheduleKind } from '../registry/index.js';

export type Family = 'federated' | 'gossip';

export interface AlgorithmNeeds {
  /** The conditional fields that are read; left out, those that the algorithm's family reads. */
  readonly reads?: readonly ConditionalField[];
  /** Options of the algorithm's own that have no effect beside others that are given, and why. */
  readonly ignores?: Readonly<Record<string, string>>;
  /** The schedules that it runs under; left out, those of its family. */
  readonly schedules?: readonly ScheduleKind[];
  /** Gossip: which graphs it runs on; left out, all. */
  readonly topology?: 'undirected' | 'complete';
  /** Gossip: what is wrong for good once a message is lost or comes twice, such as "the sum of all gradients". */
  readonly everyMessage?: string;
}

const federated = [
  'network.codec',
  'network.normBound',
  'clients.availability',
  'clients.dropout',
  'clients.stragglers',
] as const;
const rounds = ['network.deadline', 'network.minimumUpdates', 'network.overSelection'] as const;
const virtualTime = ['schedule.compute', 'network.latency', 'network.bandwidth'] as const;

/** What every node of gossip reads, whether it sends anything or not. */
const node = ['init.kind', 'clients.availability', 'evaluate.nodes', 'evaluate.examples'] as const;
const messages = [
  'topology',
  'schedule.compute',
  'network.codec',
  'network.latency',
  'network.bandwidth',
  'network.loss',
  'network.gossip',
] as const;

/** What the hosts of a family read under a schedule, and algorithms of that family unless they say otherwise. */
export function familyReads(family: Family, schedule: ScheduleKind): readonly ConditionalField[] {
  if (family === 'federated') return [...federated, ...(schedule === 'buffered' ? virtualTime : rounds)];
  return [...new Set([...nodeReads(schedule), ...messages])];
}

/** What gossip without messages reads. A node that wakes by its own clock delays nobody by the time that it trains. */
export const nodeReads = (schedule: ScheduleKind): readonly ConditionalField[] => [
  ...node,
  schedule === 'asynchronous' ? 'network.tick' : 'schedule.compute',
];

/** What gossip reads that mixes by the recipe's mixing matrix. */
export const mixingReads = (schedule: ScheduleKind): readonly ConditionalField[] => [
  ...familyReads('gossip', schedule),
  'mixing',
];
