/** What algorithms need of a recipe: the fields that they read, the schedules, graphs and links that they run on. */
import { mergeRules } from '../merging/index.js';
import type { Choice, ConditionalField, ScheduleKind } from '../registry/index.js';
import type { Algorithm } from './algorithm.js';

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
const rounds = ['network.deadline', 'network.minimum', 'network.overSelection'] as const;
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
export function familyReads(
  family: Algorithm['family'],
  schedule: ScheduleKind,
): readonly ConditionalField[] {
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

/** The conditional fields that an algorithm reads under a schedule. */
export function readsOf(algorithm: Algorithm, schedule: ScheduleKind): readonly ConditionalField[] {
  const reads = algorithm.needs?.(schedule).reads ?? familyReads(algorithm.family, schedule);
  // Only rounds have points, and only some algorithms have nodes whose models differ between these.
  const hasPoints =
    schedule === 'synchronous' && algorithm.family === 'gossip' && algorithm.endsAfter !== undefined;
  return hasPoints ? [...reads, 'evaluate.after'] : reads;
}

/** Options of an algorithm, dotted, that have no effect beside its others, and why. */
export function ignoredOptions(
  algorithm: Algorithm,
  schedule: ScheduleKind,
  options: Choice,
): Readonly<Record<string, string>> {
  const { family, needs } = algorithm;
  const selection =
    family === 'federated' && options['perRound'] !== undefined
      ? { fraction: 'perRound says how many clients take part' }
      : {};
  return {
    ...selection,
    ...ignoredNesterov(options),
    ...ignoredShares(algorithm),
    ...needs?.(schedule).ignores,
  };
}

/** Nesterov's momentum is one that looks ahead, so without momentum it is none. */
function ignoredNesterov(options: Choice): Readonly<Record<string, string>> {
  const { optimizer, serverMomentum } = options;
  const momentum =
    typeof optimizer === 'object' && optimizer !== null && 'momentum' in optimizer
      ? optimizer.momentum
      : undefined;
  return {
    ...(momentum === 0 && { 'optimizer.nesterov': 'optimizer.momentum is 0' }),
    ...(serverMomentum === 0 && { serverNesterov: 'serverMomentum is 0' }),
  };
}

/** The own model's share in a merge can be set for the algorithm or for its rule, and not every rule has one. */
function ignoredShares(algorithm: Algorithm): Readonly<Record<string, string>> {
  if (algorithm.family !== 'gossip' || algorithm.merging === undefined) return {};
  const { rule, share } = algorithm.merging;
  if (mergeRules.needs(rule).share !== true) {
    return { share: `merge rule '${rule.kind}' takes the own model as one among the received` };
  }
  return share === undefined
    ? {}
    : { 'merge.share': "the algorithm's own option share goes before the rule's" };
}

/** The schedules that an algorithm runs under. */
export function schedulesOf(algorithm: Algorithm): readonly ScheduleKind[] {
  const declared = algorithm.needs?.('synchronous').schedules;
  if (declared !== undefined) return declared;
  if (algorithm.family === 'gossip') return ['synchronous', 'asynchronous'];
  const isBuffered = algorithm.answers === 'sum' && algorithm.buffered === true;
  return isBuffered ? ['synchronous', 'buffered'] : ['synchronous'];
}
