/**
 * What an entry of a registry needs of the recipe that names it. `checkCompatibility` holds the needs of all entries
 * of a recipe against each other before anything is created, so that no setting is accepted that nothing reads.
 */

export type ScheduleKind = 'synchronous' | 'asynchronous' | 'buffered';

/** Recipe fields that only some recipes read; a name covers the fields within it. All other fields are always read. */
export const conditionalFields = [
  'init.kind',
  'topology',
  'mixing',
  'schedule.compute',
  'network.codec',
  'network.latency',
  'network.bandwidth',
  'network.loss',
  'network.gossip',
  'network.tick',
  'network.deadline',
  'network.minimumUpdates',
  'network.overSelection',
  'network.normBound',
  'clients.availability',
  'clients.dropout',
  'clients.stragglers',
  'evaluate.nodes',
  'evaluate.examples',
  'evaluate.after',
] as const;

export type ConditionalField = (typeof conditionalFields)[number];

/** Fields that matter to real workers only: `simulate` accepts them and says that it does not read them. */
export const networkOnlyFields = [
  'network.gossip',
  'network.tick',
  'network.deadline',
  'network.minimumUpdates',
  'network.overSelection',
  'network.normBound',
] as const satisfies readonly ConditionalField[];

/** What an entry needs of whoever uses it: so far, merge rules of the protocol that calls them. */
export interface Needs {
  /** The fewest models that it merges, the own one among them; 1 where it is left out. */
  readonly models?: number;
  /** A model that all others started from. */
  readonly base?: true;
  /** Whether it honours the share β of the own model that a protocol sets. */
  readonly share?: true;
}
