/** Distributions as a recipe names them, for times and sizes that differ from event to event. */
import { z } from 'zod';
import { distributions, drawInteger, exponential, type Stream } from '../numerics/index.js';
import { optionsSchema } from '../registry/index.js';

const positive = z.number().nonnegative();

const described = z.discriminatedUnion('kind', [
  optionsSchema({ kind: z.literal('constant'), value: positive }),
  optionsSchema({ kind: z.literal('uniform'), low: positive, high: positive }),
  optionsSchema({ kind: z.literal('uniform-integer'), low: z.int(), high: z.int() }),
  optionsSchema({ kind: z.literal('exponential'), mean: positive }),
  optionsSchema({ kind: z.literal('log-normal'), mu: z.number(), sigma: positive }),
]);

/** A number alone is a constant. */
export const distributionSchema = z
  .preprocess((value) => (typeof value === 'number' ? { kind: 'constant', value } : value), described)
  .meta({ orNumber: true });

export type Distribution = z.output<typeof described>;

/** One draw. */
export function drawFrom(distribution: Distribution, draw: Stream): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value;
    case 'uniform':
      return distributions.uniform(draw, distribution.low, distribution.high)();
    case 'uniform-integer':
      return distribution.low + drawInteger(draw, distribution.high - distribution.low + 1);
    case 'exponential':
      return distribution.mean === 0 ? 0 : distributions.exponential(draw, 1 / distribution.mean)();
    case 'log-normal':
      return distributions.logNormal(draw, distribution.mu, distribution.sigma)();
  }
}

/** The expected value; of a log-normal e^(μ + σ²/2). */
export function meanOf(distribution: Distribution): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value;
    case 'uniform':
    case 'uniform-integer':
      return (distribution.low + distribution.high) / 2;
    case 'exponential':
      return distribution.mean;
    case 'log-normal':
      return exponential(distribution.mu + distribution.sigma ** 2 / 2);
  }
}
