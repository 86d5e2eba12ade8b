/**
 * FedAsync: Xie, Koyejo & Gupta, "Asynchronous Federated Optimization", 2019 (arXiv 1903.03934), Algorithm 1. Whenever
 * a client answers with its model w_k, w ← (1 − a_s) w + a_s w_k, a_s = a f(s), where s is how often w was renewed
 * since the client began; clients minimise F_k(v) + (ρ/2) ‖v − w‖² from the w that they were sent. The schedule's
 * buffer has size 1; of more, what each client by itself would move w to is averaged.
 */
import { z } from 'zod';
import { putStatistics } from '../learning/index.js';
import { define } from '../registry/index.js';
import { broadcastAveraging, tellsNothing } from './delta-averaging.js';
import { localOptions, localSgd } from './local-sgd.js';
import { trainsOnce } from './refusals.js';
import { fillsPlaces, selectionOptions } from './selection.js';
import { discount, stalenessSchema } from './staleness.js';
import { addScaled, combine } from './vectors.js';

export const fedasync = define({
  kind: 'fedasync',
  summary:
    "Asynchronous mixing: each client's model is mixed into the server's as it comes, the less the older its start.",
  options: {
    ...selectionOptions,
    ...localOptions,
    mixing: z
      .number()
      .positive()
      .max(1)
      .default(0.6)
      .describe('a, the share of a fresh model in the mixture'),
    rho: z.number().min(0).default(0.005).describe('ρ, the weight of the proximal term'),
    staleness: stalenessSchema
      .prefault({ kind: 'polynomial' })
      .describe('how much less a model counts that starts from an older one'),
  },
  create: ({ mixing, rho, staleness, ...options }) => ({
    ...broadcastAveraging<null, null, 'trained'>(
      { ...options, fillsPlaces: true },
      (message, examples, tools) => {
        const { weights } = message.vectors;
        const proximal = rho > 0 ? { proximal: { mu: rho, anchor: weights } } : {};
        const { delta, statistics, loss } = localSgd(options, message, examples, tools, proximal);
        const trained = addScaled(weights, 1, delta);
        // Running statistics are mixed like all of the model.
        putStatistics(tools.model.manifest, statistics, trained);
        return { vectors: { trained }, scalars: { loss } };
      },
      {
        start: () => null,
        ...tellsNothing,
        // The sum's mean is Σ a_s w_k / Σ a_s, and its weight Σ a_s.
        step(weights, { vectors: { trained }, weight, count }, own) {
          const share = weight / count;
          return { weights: combine(weights, trained, (w, v) => (1 - share) * w + share * v), own };
        },
      },
      (_, weights) => ({ trained: weights.length }),
      trainsOnce(options),
    ),
    weigh: (_: unknown, s: number) => mixing * discount(staleness, s),
    buffered: true as const,
    needs: fillsPlaces,
    answersModels: true as const,
  }),
});
