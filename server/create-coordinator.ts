/** Creates the coordinator for the algorithm family of a recipe. */
import type { Federation } from '../recipe/index.js';
import { Coordinator } from './coordinator.js';
import type { CoordinatorCheckpoint, CoordinatorContent, GossipProgress } from './events.js';
import { GossipCoordinator } from './gossip/coordinator.js';
import type { CoordinatorSettings } from './settings.js';
import type { WorkerRecords } from './worker-registry.js';

export type AnyCoordinator = Pick<Coordinator, 'federation' | 'status' | 'workers' | 'start' | 'handle'>;

/** @param checkpoint of the same recipe */
export function createCoordinator(
  federation: Federation,
  settings: CoordinatorSettings,
  members: WorkerRecords,
  checkpoint: CoordinatorContent | undefined,
): AnyCoordinator {
  const { algorithm } = federation;
  if (algorithm.family === 'federated') {
    const content = checkpoint as CoordinatorCheckpoint | undefined;
    return new Coordinator({ federation, algorithm, settings, members, checkpoint: content });
  }
  return new GossipCoordinator({
    federation,
    settings,
    members,
    checkpoint: checkpoint as GossipProgress | undefined,
  });
}
