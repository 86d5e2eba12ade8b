/** The coordinator for the family of a recipe's algorithm. */
import { defaultDataHome } from '../../data/host/index.js';
import { outsidePath, RecipeError, type Federation, type Recipe } from '../../recipe/index.js';
import { Coordinator } from '../index.js';
import type { CoordinatorCheckpoint, CoordinatorContent, GossipProgress } from '../index.js';
import { GossipCoordinator } from '../index.js';
import type { WorkerRecords } from '../index.js';
import type { CoordinatorSettings } from '../index.js';

export type AnyCoordinator = Pick<Coordinator, 'federation' | 'status' | 'workers' | 'start' | 'handle'>;

/** @param checkpoint what a coordinator of the same recipe went on from */
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

/** @throws RecipeError where every worker would refuse the recipe's data */
export function refuseOutsidePaths(recipe: Recipe): void {
  const outside = outsidePath(recipe);
  if (outside === undefined) return;
  throw new RecipeError(
    `${outside.field}: '${outside.path}' is outside the data home, and workers open no such path: move the data into the data home of every machine (here ${defaultDataHome()}; MURMUR_DATA names another) and write the path within it`,
  );
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
