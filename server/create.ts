/** The coordinator for the family of a recipe's algorithm. */
import { RecipeError, type Federation, type Recipe } from '../recipe/index.js';
import { Coordinator } from './coordinator.js';
import type { CoordinatorCheckpoint, CoordinatorContent, GossipProgress } from './events.js';
import { GossipCoordinator } from './gossip/coordinator.js';
import type { MembersRecord } from './members.js';
import type { CoordinatorSettings } from './settings.js';

export type AnyCoordinator = Pick<Coordinator, 'federation' | 'status' | 'workers' | 'start' | 'handle'>;

/** @param checkpoint what a coordinator of the same recipe went on from */
export function createCoordinator(
  federation: Federation,
  settings: CoordinatorSettings,
  members: MembersRecord,
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

/** @throws RecipeError for what does not run over a network */
export function refuseUnserved({ algorithm, recipe }: Federation): void {
  refuseInexact(recipe);
  if (algorithm.family !== 'gossip') return;
  const { schedule } = recipe;
  if (schedule.kind === 'asynchronous' && algorithm.needs?.(schedule.kind).everyMessage !== undefined) {
    throw new RecipeError(
      `${recipe.algorithm.kind} needs every message exactly once, which asynchronous gossip over a network cannot promise when a process is killed: use schedule: { kind: synchronous }, or simulate this recipe`,
    );
  }
}

/** Bits are promised over a network, but where the recipe says that they are not. */
function refuseInexact({ engine }: Recipe): void {
  if (engine === 'wasm' || engine.kind === 'wasm' || engine.mixed === true) return;
  throw new RecipeError(
    `over a network ${engine.kind} may end in other bits on every worker: say engine: { kind: ${engine.kind}, mixed: true }`,
  );
}
