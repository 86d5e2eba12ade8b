/** What the registry of algorithms holds: told apart by family, each with the interface its hosts drive. */
import type { FederatedAlgorithm } from './federated.js';
import type { ScheduleKind } from '../registry/index.js';
import type { GossipAlgorithm } from './gossip.js';
import type { AlgorithmNeeds } from './needs.js';

/** An algorithm around a server, or one of nodes that exchange models with their neighbours. */
export type Algorithm = (
  ({ readonly family: 'federated' } & FederatedAlgorithm) | ({ readonly family: 'gossip' } & GossipAlgorithm)
) & {
  /** What it reads of a recipe under a schedule; left out, all that its family reads. */
  readonly needs?: (schedule: ScheduleKind) => AlgorithmNeeds;
};

/** What making an algorithm takes besides its options; its draws come from the streams that hosts hand it. */
export interface AlgorithmContext {
  /** Whether nodes go through rounds together, or wake when they please; gossip expects other messages then. */
  readonly synchronous: boolean;
}
