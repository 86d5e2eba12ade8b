/**
 * Fisher-weighted averaging: Matena & Raffel, "Merging Models with Fisher-Weighted Averaging", NeurIPS 2022 (arXiv
 * 2111.09832), equation 3, each round in place of FedAvg's mean: w ← Σ n_k F_k w_k / Σ n_k F_k for every weight, with
 * F_k the diagonal of client k's Fisher information where its training ended, plus a floor.
 */
import { z } from 'zod';
import { hasStatistics } from '../learning/index.js';
import { define } from '../registry/index.js';
import { broadcastAveraging, tellsNothing } from './delta-averaging.js';
import type { InitContext } from './federated.js';
import { localOptions, localSgd, type LocalOptions } from './local-sgd.js';
import { trainsOnce } from './refusals.js';
import { selectionOptions, type Selection } from './selection.js';
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

type Options = Selection & LocalOptions & { readonly over: 'labels' | 'classes'; readonly floor: number };

const create = (settings: Options) => {
  const averaging = broadcastAveraging<null, null, 'fisher' | 'product'>(
    settings,
    (message, examples, tools) => {
      const { delta, loss } = localSgd(settings, message, examples, tools);
      const trained = addScaled(message.vectors.weights, 1, delta);
      const fisher = tools.engine
        .fisher(tools.model, trained, examples, settings.over)
        .map((f) => UNIT * (f + settings.floor));
      const product = combine(fisher, delta, (f, moved) => f * moved);
      return { vectors: { fisher, product }, scalars: { loss } };
    },
    {
      start: () => null,
      ...tellsNothing,
      /** w ← w + Σ n_k F_k Δ_k / Σ n_k F_k. */
      step(weights, { vectors: { fisher, product } }, own) {
        const moved = combine(product, fisher, (p, f) => p / f);
        return { weights: addScaled(weights, 1, moved), own };
      },
    },
    (_, weights) => ({ fisher: weights.length, product: weights.length }),
    trainsOnce(settings),
  );
  return {
    ...averaging,
    refuseAnswer: (...[answer, ...asked]: Parameters<NonNullable<typeof averaging.refuseAnswer>>) =>
      averaging.refuseAnswer?.(answer, ...asked) ??
      (answer.vectors.fisher.some((information) => information < 0)
        ? 'vectors.fisher: it holds negative values, and information is a mean of squares'
        : undefined),
    refuse: ({ model }: Pick<InitContext, 'model'>) =>
      hasStatistics(model.manifest)
        ? 'fisher weighs by the Fisher information of single examples, and a batch norm looks at several; use a model with group or layer norms'
        : undefined,
  };
};

export const fisher = define({
  kind: 'fisher',
  summary:
    "FedAvg whose mean weighs each weight by the client's Fisher information of it, at twice the traffic back.",
  options,
  create,
});
