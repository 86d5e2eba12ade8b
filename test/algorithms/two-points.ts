/**
 * The setting of the hand-computed cases: two clients, one with the point (4, 0), one with the point (0, 8)
 * three times, starting from 0. One step at rate η takes w to (1 − η) w + η x.
 */
import type { FederatedAlgorithm } from '../../algorithms/index.js';
import { federated } from './federated.js';
import { runRounds, type Setting } from './host.js';
import { pointModel, points, quadraticEngine } from './quadratic.js';

export const twoPoints: Setting = {
  model: pointModel(2),
  weights: Float32Array.of(0, 0),
  engine: quadraticEngine,
  shards: [points([4, 0]), points([0, 8], [0, 8], [0, 8])],
};

/** One full-batch step at η = ½ of every client, unless the options say otherwise. */
export function create(kind: string, options: object = {}): FederatedAlgorithm {
  const defaults = { fraction: 1, batchSize: 'all', optimizer: { learningRate: 0.5 } };
  return federated({ kind, ...defaults, ...options });
}

/** The weights after each of so many rounds. */
export function path(algorithm: FederatedAlgorithm, setting: Setting, rounds: number): number[][] {
  return runRounds(algorithm, setting, rounds).trace.map(({ state }) => [
    ...(algorithm.model(state)?.weights ?? []),
  ]);
}

/** The setting with only these clients there in each round. */
export const only = (...clients: readonly number[]): Setting => ({
  ...twoPoints,
  available: () => [...clients],
});
