/**
 * FedBuff: Nguyen, Malik, Zhan, Yousefpour, Rabbat, Malek & Huba, "Federated Learning with Buffered Asynchronous
 * Aggregation", AISTATS 2022 (arXiv 2106.06639), Algorithm 1. Clients train all the time, each from the model that was
 * there when it began; whenever K have answered, w ← w + η_g (1/K) Σ f(s_k) Δ_k, where s_k is how often w was renewed
 * meanwhile and f(s) = (1 + s)^−½ (§5). All clients weigh the same. K and how many train at a time are the schedule's.
 */
import { z } from 'zod';
import { define } from '../registry/index.js';
import { deltaAveraging, tellsNothing } from './delta-averaging.js';
import { plainClient } from './fedavg.js';
import { localOptions } from './local-sgd.js';
import { trainsOnce } from './refusals.js';
import { fillsPlaces, selectionOptions } from './selection.js';
import { discount, stalenessSchema } from './staleness.js';
import { addScaled } from './vectors.js';

export const fedbuff = define({
  kind: 'fedbuff',
  summary:
    'Buffered asynchronous averaging: the server moves whenever K clients have answered, however old their start.',
  options: {
    ...selectionOptions,
    ...localOptions,
    serverLearningRate: z.number().positive().default(1).describe("η_g, the server's rate"),
    staleness: stalenessSchema
      .prefault({ kind: 'polynomial' })
      .describe('how much less an answer counts that starts from an older model'),
  },
  create: ({ serverLearningRate, staleness, ...options }) => ({
    ...deltaAveraging(
      { ...options, fillsPlaces: true },
      plainClient(options),
      {
        start: () => null,
        ...tellsNothing,
        // The sum's mean is Σ f Δ / Σ f, and its weight Σ f.
        step: (weights, { vectors, weight, count }, own) => ({
          weights: addScaled(weights, (serverLearningRate * weight) / count, vectors.delta),
          own,
        }),
      },
      trainsOnce(options),
    ),
    weigh: (_: unknown, s: number) => discount(staleness, s),
    buffered: true as const,
    needs: fillsPlaces,
  }),
});
