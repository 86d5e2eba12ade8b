/**
 * FedDyn: Acar, Zhao, Navarro, Mattina, Whatmough & Saligrama, "Federated Learning Based on Dynamic
 * Regularization", ICLR 2021 (arXiv 2111.04263), Algorithm 1. Client k minimises F_k(θ) − ⟨g_k, θ⟩ +
 * (α/2) ‖θ − w‖² to θ_k, then g_k ← g_k − α (θ_k − w). The server, over the clients S of N in all, sets
 * h ← h − (α/N) Σ_S (θ_k − w) and w ← mean_S θ_k − h/α; g_k and h start at zero.
 */
import { z } from 'zod';
import { define } from '../registry/index.js';
import { deltaAveraging, tellsNothing, type ClientRule, type ServerRule } from './delta-averaging.js';
import { localOptions, localSgd, type LocalOptions } from './local-sgd.js';
import { trainsOnce } from './refusals.js';
import { selectionOptions } from './selection.js';
import { addScaled, combine, scaled } from './vectors.js';

interface Dynamic {
  readonly alpha: number;
  readonly clip?: number | undefined;
}

/** What a client keeps: g_k, the gradient of its own loss where it last ended. */
interface Kept {
  readonly gradient: Float32Array;
}

function dynamicClient(options: LocalOptions, { alpha, clip }: Dynamic): ClientRule<unknown, Kept> {
  return (message, examples, tools, kept) => {
    const { weights } = message.vectors;
    const gradient = kept?.gradient ?? new Float32Array(weights.length);
    const { delta, statistics, loss } = localSgd(options, message, examples, tools, {
      linear: scaled(-1, gradient),
      proximal: { mu: alpha, anchor: weights },
      ...(clip === undefined ? {} : { clip }),
    });
    const next = addScaled(gradient, -alpha, delta);
    return { delta, statistics, scalars: { loss }, kept: { gradient: next } };
  };
}

interface Correction {
  readonly h: Float32Array;
  /** N. */
  readonly clients: number;
}

function correctedMean({ alpha }: Dynamic): ServerRule<Correction, null> {
  return {
    start: ({ weights, clients }) => ({ h: new Float32Array(weights.length), clients }),
    ...tellsNothing,
    step(weights, { count, vectors: { delta } }, { h: before, clients }) {
      const h = addScaled(before, (-alpha * count) / clients, delta);
      const mean = addScaled(weights, 1, delta);
      return { weights: combine(mean, h, (w, correction) => w - correction / alpha), own: { h, clients } };
    },
  };
}

export const feddyn = define({
  kind: 'feddyn',
  summary: "Federated averaging with dynamic regularization, which aligns clients' optima with the whole's.",
  options: {
    ...selectionOptions,
    ...localOptions,
    alpha: z.number().positive().default(0.01).describe('α, the weight of the regularization'),
    clip: z
      .number()
      .positive()
      .optional()
      .describe("clips the norm of each step's gradient (10 keeps h from growing where α is tiny)"),
  },
  create: (options) => ({
    ...deltaAveraging(options, dynamicClient(options, options), correctedMean(options), trainsOnce(options)),
    weigh: () => 1,
    keeps: 1,
  }),
});
