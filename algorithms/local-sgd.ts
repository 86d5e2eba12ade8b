/** A client's local training: an optimizer's steps from the weights it was sent, for as long as it manages. */
import {
  clearStatistics,
  learningRate,
  optimizerSchema,
  takeStatistics,
  type Amount,
  type Examples,
  type Optimizer,
  type TrainRequest,
} from '../learning/index.js';
import { subtract } from '../numerics/index.js';
import type { LocalTools } from './federated.js';
import { amountOption, batchSizeOption } from './local-work.js';
import type { Payload } from './payload.js';

export const localOptions = {
  amount: amountOption('batches of the own examples, in an order drawn anew every round').describe(
    'how much a client trains in a round: E epochs, or N optimizer steps',
  ),
  batchSize: batchSizeOption,
  optimizer: optimizerSchema
    .prefault({ learningRate: 0.1 })
    .describe("the clients' optimizer, which starts afresh in every round"),
};

export interface LocalOptions {
  readonly amount: Amount;
  readonly batchSize: number | 'all';
  readonly optimizer: Optimizer;
}

/** What local training starts from: the round, and the weights w. */
export type Start = Payload<{ readonly round: number }, 'weights'>;

/** What changes a client's gradients besides its optimizer. */
export type Terms = Pick<TrainRequest, 'proximal' | 'linear' | 'clip' | 'frozenLayers'>;

export interface LocalWork {
  /** Δ = w_k − w, zero at running statistics: these are averaged as they are, not as steps. */
  readonly delta: Float32Array<ArrayBuffer>;
  /** The running statistics of w_k, in the manifest's order; empty where the model has none. */
  readonly statistics: Float32Array<ArrayBuffer>;
  /** The mean loss over the examples trained on, each before its own step. */
  readonly loss: number;
  /** τ, how many steps were taken. */
  readonly steps: number;
  /** η of a step of this round, counted from 0. */
  readonly rate: (step: number) => number;
}

/** Trains on a client's examples, from `message`'s weights, with nothing carried over from earlier rounds. */
export function localSgd(
  { amount, batchSize, optimizer }: LocalOptions,
  { header: { round }, vectors: { weights } }: Start,
  examples: Examples,
  tools: LocalTools,
  terms: Terms = {},
): LocalWork {
  const rate = (step: number) => learningRate(optimizer, { round, step });
  const trained = tools.engine.train({
    model: tools.model,
    weights,
    examples,
    ...tools.draws(round),
    batchSize,
    amount: tools.localAmount(amount, round),
    optimizer,
    rate,
    ...terms,
  });
  const { manifest } = tools.model;
  const statistics = takeStatistics(manifest, trained.weights);
  const delta = subtract(trained.weights, weights);
  clearStatistics(manifest, delta);
  return { delta, statistics, loss: trained.loss, steps: trained.steps, rate };
}
