/** A client's local training: an optimizer's steps from the weights it was sent, for the epochs that it manages. */
import { z } from 'zod';
import {
  learningRate,
  optimizerSchema,
  type Examples,
  type Optimizer,
  type TrainRequest,
} from '../learning/index.js';
import { subtract } from '../numerics/index.js';
import type { LocalTools } from './federated.js';
import type { Payload } from './payload.js';

export const localOptions = {
  epochs: z
    .int()
    .positive()
    .default(1)
    .describe('E, how often a client goes through its examples in a round'),
  batchSize: z
    .union([z.int().positive(), z.literal('all')])
    .default(10)
    .describe("B, examples a step, fewer where an epoch ends; 'all' is one step an epoch"),
  optimizer: optimizerSchema
    .prefault({ learningRate: 0.1 })
    .describe("the clients' optimizer, which starts afresh in every round"),
};

export interface LocalOptions {
  readonly epochs: number;
  readonly batchSize: number | 'all';
  readonly optimizer: Optimizer;
}

/** What local training starts from: the round, and the weights w. */
export type Start = Payload<{ readonly round: number }, 'weights'>;

/** What changes a client's gradients besides its optimizer. */
export type Terms = Pick<TrainRequest, 'proximal' | 'linear' | 'clip' | 'frozenLayers'>;

export interface LocalWork {
  /** Δ = w_k − w. */
  readonly delta: Float32Array<ArrayBuffer>;
  /** The mean loss over the examples trained on, each before its own step. */
  readonly loss: number;
  /** τ, how many steps were taken. */
  readonly steps: number;
  /** η of a step of this round, counted from 0. */
  readonly rate: (step: number) => number;
}

/** Trains on a client's examples, from `message`'s weights, with nothing carried over from earlier rounds. */
export function localSgd(
  { epochs, batchSize, optimizer }: LocalOptions,
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
    amount: { epochs: tools.localEpochs(epochs, round) },
    optimizer,
    rate,
    ...terms,
  });
  return { delta: subtract(trained.weights, weights), loss: trained.loss, steps: trained.steps, rate };
}
