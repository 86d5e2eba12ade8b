/**
 * At which point of a round nodes' models are evaluated: as the round leaves them, or as snapshots that nodes make
 * on the way, where their algorithm ends a round with the other point than `evaluate.after` names.
 */
import { SNAPSHOT, type Effect, type GossipAlgorithm } from '../algorithms/index.js';
import type { Federation } from '../recipe/index.js';

type Recipe = Federation['recipe'];

/** Whether the models that are evaluated are snapshots. */
export const takesSnapshots = ({ schedule, evaluate }: Recipe, { endsAfter }: GossipAlgorithm): boolean =>
  schedule.kind === 'synchronous' && endsAfter !== undefined && endsAfter !== evaluate.after;

/** Whether the models that are evaluated are without the training of their round. */
export const precedesTraining = (recipe: Recipe, algorithm: GossipAlgorithm): boolean =>
  takesSnapshots(recipe, algorithm) && algorithm.endsAfter === 'training';

export const isSnapshot = (effect: Effect): boolean => effect.kind === 'combine' && effect.into === SNAPSHOT;
