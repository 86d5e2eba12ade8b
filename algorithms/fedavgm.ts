/**
 * FedAvgM: Hsu, Qi & Brown, "Measuring the Effects of Non-Identical Data Distribution for Federated Visual
 * Classification", 2019 (arXiv 1909.06335). Momentum at the server: v ← β v + Δ̄, w ← w + η_s v (their v has
 * the other sign). The effective rate is η_s / (1 − β). Nesterov's form steps by Δ̄ + β v.
 */
import { z } from 'zod';
import { define } from '../registry/index.js';
import { deltaAveraging, tellsNothing, type ServerRule } from './delta-averaging.js';
import { plainClient } from './fedavg.js';
import { localOptions } from './local-sgd.js';
import { trainsOnce } from './refusals.js';
import { selectionOptions } from './selection.js';
import { addScaled } from './vectors.js';

/** The options of a server with momentum β and rate η_s. */
export const serverMomentumOptions = (defaultMomentum: number) => ({
  serverLearningRate: z.number().positive().default(1).describe("η_s, the server's rate"),
  serverMomentum: z.number().min(0).lt(1).default(defaultMomentum).describe("β, the server's momentum"),
  serverNesterov: z.boolean().default(false).describe("whether the server's momentum is Nesterov's"),
});

interface ServerMomentum {
  readonly serverLearningRate: number;
  readonly serverMomentum: number;
  readonly serverNesterov: boolean;
}

/** The server's rule; it keeps v, as long as the weights. */
export function serverMomentum({
  serverLearningRate: rate,
  serverMomentum: beta,
  serverNesterov: nesterov,
}: ServerMomentum): ServerRule<{ readonly velocity: Float32Array }, null> {
  return {
    start: ({ weights }) => ({ velocity: new Float32Array(weights.length) }),
    ...tellsNothing,
    step(weights, { vectors: { delta } }, own) {
      const velocity = addScaled(delta, beta, own.velocity);
      const direction = nesterov ? addScaled(delta, beta, velocity) : velocity;
      return { weights: addScaled(weights, rate, direction), own: { velocity } };
    },
  };
}

export const fedavgm = define({
  kind: 'fedavgm',
  summary: 'FedAvg with momentum at the server.',
  options: { ...selectionOptions, ...localOptions, ...serverMomentumOptions(0.9) },
  create: (options) =>
    deltaAveraging(options, plainClient(options), serverMomentum(options), trainsOnce(options)),
});
