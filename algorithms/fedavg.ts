/**
 * FedAvg: McMahan, Moore, Ramage, Hampson & Agüera y Arcas, "Communication-Efficient Learning of Deep Networks
 * from Decentralized Data", AISTATS 2017 (arXiv 1602.05629), Algorithm 1. Each round max(⌊C·K⌉, 1) clients make
 * E epochs of SGD in batches of B, from w to w_k, and w ← Σ n_k w_k / Σ n_k over those clients. In delta form,
 * with Δ_k = w_k − w: w ← w + Δ̄.
 */
import { define } from '../registry/index.js';
import { deltaAveraging, tellsNothing, type ClientRule, type ServerRule } from './delta-averaging.js';
import { localOptions, localSgd, type LocalOptions } from './local-sgd.js';
import { trainsOnce } from './refusals.js';
import { selectionOptions } from './selection.js';
import { addScaled } from './vectors.js';

/** ClientUpdate of Algorithm 1. */
export function plainClient(options: LocalOptions): ClientRule<unknown> {
  return (message, examples, tools) => {
    const { delta, statistics, loss } = localSgd(options, message, examples, tools);
    return { delta, statistics, scalars: { loss } };
  };
}

/** w ← w + Δ̄. */
export const addMean: ServerRule<null, null> = {
  start: () => null,
  ...tellsNothing,
  step: (weights, { vectors }, own) => ({ weights: addScaled(weights, 1, vectors.delta), own }),
};

export const fedavg = define({
  kind: 'fedavg',
  summary: 'Federated averaging: clients train for some epochs or steps, the server averages their models.',
  options: { ...selectionOptions, ...localOptions },
  create: (options) => deltaAveraging(options, plainClient(options), addMean, trainsOnce(options)),
});
