/**
 * Fisher-weighted averaging: Matena & Raffel, "Merging Models with Fisher-Weighted Averaging", NeurIPS 2022 (arXiv
 * 2111.09832), equation 3, each round in place of FedAvg's mean: w ← Σ n_k F_k w_k / Σ n_k F_k for every weight, with
 * F_k the diagonal of client k's Fisher information where its training ended, plus a floor.
 */
import { z } from 'zod';
import type { Model } from '../learning/index.js';
import { define } from '../registry/index.js';
import type { SummingAlgorithm } from './federated.js';
import { localOptions, localSgd, type LocalOptions } from './local-sgd.js';
import type { Payload } from './payload.js';
import { selectClients, selectionOptions, type Selection } from './selection.js';
import { addScaled, combine } from './vectors.js';

const options = {
  ...selectionOptions,
  ...localOptions,
  over: z
    .enum(['labels', 'classes'])
    .default('labels')
    .describe("the squares of gradients for the examples' labels, or expected over all classes (slower)"),
  floor: z
    .number()
    .positive()
    .default(1e-6)
    .describe('is added to every F: where it is much larger than these, the mean is FedAvg’s'),
};

/** Information is sent in such units: sums over clients are kept to 2⁻³², up to 2³¹, and F is mostly below 1. */
const UNIT = 1024;

interface State {
  readonly round: number;
  readonly model: Model;
  readonly weights: Float32Array;
}

type Message = Payload<{ readonly round: number }, 'weights'>;
type Options = Selection & LocalOptions & { readonly over: 'labels' | 'classes'; readonly floor: number };

function create(
  settings: Options,
): { readonly family: 'federated' } & SummingAlgorithm<State, Message, 'fisher' | 'product'> {
  return {
    family: 'federated',
    answers: 'sum',
    init: ({ model, weights }) => ({ round: 0, model, weights }),
    plan({ round, weights }, context) {
      const message = { header: { round }, vectors: { weights } };
      return { to: selectClients(settings, context).map((client) => ({ client, message })) };
    },
    localUpdate(message, examples, _, tools) {
      const { delta, loss } = localSgd(settings, message, examples, tools);
      const trained = addScaled(message.vectors.weights, 1, delta);
      const { engine, model } = tools;
      const fisher = engine
        .fisher(model, trained, examples, settings.over)
        .map((f) => UNIT * (f + settings.floor));
      const vectors = { fisher, product: combine(fisher, delta, (f, moved) => f * moved) };
      return { answer: { header: {}, vectors, samples: examples.count, scalars: { loss } } };
    },
    answerLengths: ({ vectors: { weights } }) => ({ fisher: weights.length, product: weights.length }),
    weigh: ({ samples }) => samples,
    /** w ← w + Σ n_k F_k Δ_k / Σ n_k F_k. */
    finish(state, sum) {
      const next = { ...state, round: state.round + 1 };
      if (sum === undefined) return next;
      const { fisher, product } = sum.vectors;
      return {
        ...next,
        weights: addScaled(
          state.weights,
          1,
          combine(product, fisher, (p, f) => p / f),
        ),
      };
    },
    model: ({ model, weights }) => ({ model, weights }),
  };
}

export const fisher = define({
  kind: 'fisher',
  summary:
    "FedAvg whose mean weighs each weight by the client's Fisher information of it, at twice the traffic back.",
  options,
  create,
});
