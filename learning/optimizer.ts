/**
 * The options of a client's local optimizer, and the learning rate that follows from them: a pure function of
 * the round and the step, from deterministic arithmetic only, since its bits end up in the weights.
 */
import { z } from 'zod';
import { cosinePi, integerPower } from '../numerics/index.js';
import { optionsSchema } from '../registry/index.js';

const pace = {
  per: z
    .enum(['round', 'step'])
    .default('round')
    .describe('what the schedule counts: rounds, or the steps of one client in one round'),
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

/** The local optimizer's options; a recipe's `optimizer`. */
export const optimizerSchema = optionsSchema({
  kind: z
    .literal('sgd', {
      error: ({ input }) => `the engine has no optimizer '${String(input)}' yet; use kind: sgd`,
    })
    .default('sgd')
    .describe('stochastic gradient descent'),
  learningRate: z.number().positive().describe('η, the rate before any schedule'),
  momentum: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('β; a federated client starts from zero in every round, a gossip node keeps it'),
  nesterov: z.boolean().default(false).describe("whether the momentum is Nesterov's"),
  weightDecay: z.number().min(0).default(0).describe('adds weightDecay · w to the gradient'),
  schedule: schedule.optional().describe('how the rate changes; left out, it does not'),
});

export type Optimizer = z.output<typeof optimizerSchema>;
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
