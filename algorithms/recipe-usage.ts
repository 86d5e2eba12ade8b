/** Which recipe fields, options and schedules an algorithm uses: its own declaration, or else that of its family. */
import { mergeRules } from '../merging/index.js';
import type { Choice, ConditionalField, ScheduleKind } from '../registry/index.js';
import type { Algorithm } from './algorithm.js';
import { familyReads } from './needs.js';

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
    family === 'federated' && options['clientsPerRound'] !== undefined
      ? { fraction: 'clientsPerRound says how many clients take part' }
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
