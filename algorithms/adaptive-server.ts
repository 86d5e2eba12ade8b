/**
 * What FedAdagrad, FedAdam and FedYogi share: Reddi, Charles, Zaheer, Garrett, Rush, Konečný, Kumar & McMahan,
 * "Adaptive Federated Optimization", ICLR 2021 (arXiv 2003.00295), Algorithm 2:
 * m ← β₁ m + (1 − β₁) Δ̄, v by the algorithm's own rule, w ← w + η_s m / (√v + τ).
 */
import { z } from 'zod';
import { integerPower } from '../numerics/index.js';
import { tellsNothing, type ServerRule } from './delta-averaging.js';
import { combine } from './vectors.js';

export interface AdaptiveOptions {
  readonly serverLearningRate: number;
  readonly beta1: number;
  readonly tau: number;
  readonly initialV?: number | undefined;
}

export const adaptiveOptions = ({ rate, beta1 }: { rate: number; beta1: number }) => ({
  serverLearningRate: z.number().positive().default(rate).describe("η_s, the server's rate"),
  beta1: z.number().min(0).lt(1).default(beta1).describe('β₁, how much of the mean step m is kept'),
  tau: z.number().positive().default(0.001).describe('τ, how adaptive: smaller is more'),
  initialV: z.number().min(0).optional().describe('what v starts from; left out, τ²'),
});

/** The options of rules whose v is a moving average. */
export const averagedOptions = {
  beta2: z.number().min(0).lt(1).default(0.99).describe('β₂, how much of the mean square v is kept'),
  biasCorrection: z
    .boolean()
    .default(false)
    .describe(
      "whether round t's η_s is multiplied by √(1 − β₂ᵗ) / (1 − β₁ᵗ), as in Adam; meant for initialV 0",
    ),
};

/** What such a server keeps. */
export interface Moments {
  readonly m: Float32Array;
  readonly v: Float32Array;
  /** How many steps the server has taken. */
  readonly steps: number;
}

/** Kingma & Ba 2015, end of §2; `step` counts from 1. */
export const biasCorrection = (beta1: number, beta2: number) => (step: number) =>
  Math.sqrt(1 - integerPower(beta2, step)) / (1 - integerPower(beta1, step));

/**
 * @param nextV v of one weight from its last value and the square of its mean delta
 * @param correction a factor for η_s in the server's step, counted from 1
 */
export function adaptiveServer(
  { serverLearningRate, beta1, tau, initialV = tau * tau }: AdaptiveOptions,
  nextV: (v: number, square: number) => number,
  correction: (step: number) => number = () => 1,
): ServerRule<Moments, null> {
  return {
    start: ({ weights: { length } }) => ({
      m: new Float32Array(length),
      v: new Float32Array(length).fill(initialV),
      steps: 0,
    }),
    ...tellsNothing,
    step(weights, { vectors: { delta } }, own) {
      const m = combine(own.m, delta, (m, d) => beta1 * m + (1 - beta1) * d);
      const v = combine(own.v, delta, (v, d) => nextV(v, d * d));
      const steps = own.steps + 1;
      const rate = serverLearningRate * correction(steps);
      const move = combine(m, v, (m, v) => (rate * m) / (Math.sqrt(v) + tau));
      return { weights: combine(weights, move, (w, step) => w + step), own: { m, v, steps } };
    },
  };
}
