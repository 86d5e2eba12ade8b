/**
 * The options of a client's local optimizer, and the learning rate that follows from them: a pure function of
 * the round and the step, from deterministic arithmetic only, since its bits end up in the weights.
 */
import { z } from 'zod';
import { cosinePi, integerPower } from '../numerics/index.js';
import { optionsSchema, unknownName } from '../registry/index.js';

const pace = {
  per: z
    .enum(['round', 'step'])
    .default('round')
    .describe(
      'what the schedule counts: rounds, or steps: those of one client in one round, or all of a gossip node',
    ),
  warmup: z
    .int()
    .min(0)
    .default(0)
    .describe('over so many rounds or steps the rate rises linearly; then the schedule starts'),
};
const span = {
  over: z.int().positive().describe('after how many rounds or steps the floor is reached'),
  floor: z.number().min(0).max(1).default(0).describe('the lowest rate, as a share of learningRate'),
};

const schedule = z.discriminatedUnion('kind', [
  optionsSchema({ kind: z.literal('constant'), ...pace }),
  optionsSchema({
    kind: z.literal('exponential'),
    decay: z.number().positive().max(1).describe('the factor from each round or step to the next'),
    ...pace,
  }),
  optionsSchema({
    kind: z.literal('step'),
    every: z.int().positive().describe('the rate falls each time that so many rounds or steps are over'),
    factor: z.number().positive().max(1).default(0.1).describe('the factor by which it falls'),
    ...pace,
  }),
  optionsSchema({ kind: z.literal('linear'), ...span, ...pace }),
  optionsSchema({ kind: z.literal('cosine'), ...span, ...pace }),
]);

const weightDecay = z.number().min(0).default(0);
const common = {
  schedule: schedule.optional().describe('how the rate changes; left out, it does not'),
};
const rate = z.number().positive();

const sgd = optionsSchema({
  kind: z.literal('sgd').default('sgd').describe('stochastic gradient descent'),
  learningRate: rate.describe('η, the rate before any schedule'),
  momentum: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('β; a federated client starts from zero in every round, a gossip node keeps it'),
  nesterov: z.boolean().default(false).describe("whether the momentum is Nesterov's"),
  weightDecay: weightDecay.describe('adds weightDecay · w to the gradient'),
  ...common,
});

const moments = {
  learningRate: rate.default(0.001).describe('η, the rate before any schedule'),
  beta1: z
    .number()
    .min(0)
    .lt(1)
    .default(0.9)
    .describe('β₁; a federated client starts from zero in every round, a gossip node keeps its moments'),
  beta2: z.number().min(0).lt(1).default(0.999).describe('β₂'),
  epsilon: z.number().min(1e-20).default(1e-8).describe('ε, added to √v̂'),
};

const adam = optionsSchema({
  kind: z.literal('adam').describe('Adam (Kingma & Ba 2015), with bias correction'),
  ...moments,
  weightDecay: weightDecay.describe('adds weightDecay · w to the gradient'),
  ...common,
});

const adamw = optionsSchema({
  kind: z.literal('adamw').describe('AdamW (Loshchilov & Hutter 2019): decay beside the gradient'),
  ...moments,
  weightDecay: weightDecay
    .default(0.01)
    .describe('takes rate · weightDecay · w from w in each step, as PyTorch does'),
  ...common,
});

const kinds = ['sgd', 'adam', 'adamw'] as const;

/** A kind alone, or options; SGD where no kind is named. */
function withKind(value: unknown): unknown {
  if (typeof value === 'string') return { kind: value };
  return typeof value === 'object' && value !== null && !('kind' in value)
    ? { kind: 'sgd', ...value }
    : value;
}

/** The local optimizer's options; a recipe's `optimizer`. */
export const optimizerSchema = z.preprocess(
  withKind,
  z.discriminatedUnion('kind', [sgd, adam, adamw], {
    error: ({ input }) =>
      typeof input === 'object' && input !== null && 'kind' in input
        ? unknownName('optimizer', String(input.kind), kinds)
        : `name an optimizer: one of ${kinds.join(', ')}`,
  }),
);

/** The options where an algorithm's derivation holds for SGD's steps only. */
export const sgdSchema = z.preprocess(
  withKind,
  sgd.extend({
    kind: z
      .literal('sgd', {
        error: ({ input }) =>
          `this algorithm reckons with SGD's steps and cannot use '${String(input)}'; use kind: sgd`,
      })
      .default('sgd')
      .describe('stochastic gradient descent'),
  }),
);

export type Optimizer = z.output<typeof optimizerSchema>;
export type SgdOptimizer = z.output<typeof sgdSchema>;
export type Schedule = z.output<typeof schedule>;

/** Where a rate is asked for: the round, and the client's step within the round, both counted from 0. */
export interface Time {
  readonly round: number;
  readonly step: number;
}

/** The learning rate of one step. With a warm-up of n, period t < n has (t + 1)/(n + 1) of the full rate. */
export function learningRate({ learningRate: full, schedule }: Optimizer, { round, step }: Time): number {
  if (schedule === undefined) return full;
  const period = schedule.per === 'round' ? round : step;
  if (period < schedule.warmup) return (full * (period + 1)) / (schedule.warmup + 1);
  return full * share(schedule, period - schedule.warmup);
}

function share(schedule: Schedule, period: number): number {
  switch (schedule.kind) {
    case 'constant':
      return 1;
    case 'exponential':
      return integerPower(schedule.decay, period);
    case 'step':
      return integerPower(schedule.factor, Math.floor(period / schedule.every));
    case 'linear':
      return schedule.floor + (1 - schedule.floor) * (1 - Math.min(period / schedule.over, 1));
    case 'cosine':
      return (
        schedule.floor + ((1 - schedule.floor) * (1 + cosinePi(Math.min(period / schedule.over, 1)))) / 2
      );
  }
}
