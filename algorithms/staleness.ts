/**
 * How much less an answer counts that starts from a model of s renewals ago: Xie, Koyejo & Gupta, "Asynchronous
 * Federated Optimization", 2019 (arXiv 1903.03934), §5.2.
 */
import { z } from 'zod';
import { power } from '../numerics/index.js';
import { optionsSchema } from '../registry/index.js';

export const stalenessSchema = z.discriminatedUnion('kind', [
  optionsSchema({ kind: z.literal('constant').describe('f(s) = 1') }),
  optionsSchema({
    kind: z.literal('polynomial').describe('f(s) = (1 + s)^−exponent'),
    exponent: z.number().min(0).default(0.5).describe('of the polynomial'),
  }),
  optionsSchema({
    kind: z.literal('hinge').describe('f(s) = 1 up to s = b, then 1 / (a (s − b) + 1)'),
    a: z.number().positive().default(10).describe('how fast the hinge falls'),
    b: z.number().min(0).default(4).describe('the staleness from which the hinge falls'),
  }),
]);

export type Staleness = z.output<typeof stalenessSchema>;

/** f(s), 1 for a fresh answer. */
export function discount(staleness: Staleness, s: number): number {
  if (staleness.kind === 'constant') return 1;
  if (staleness.kind === 'polynomial') {
    const { exponent } = staleness;
    return exponent === 0.5 ? 1 / Math.sqrt(1 + s) : power(1 + s, -exponent);
  }
  const { a, b } = staleness;
  return s <= b ? 1 : 1 / (a * (s - b) + 1);
}
