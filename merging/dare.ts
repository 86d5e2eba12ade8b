/** DARE: drop differences at random, rescale what is left, merge. */
import { z } from 'zod';
import { define } from '../registry/index.js';
import { allModels } from './all-models.js';
import { baseOf, meanOfAll, meanOfElected, mergeDifferences } from './differences.js';
import type { MergeContext, MergeRule } from './merge-rule.js';
import { mergeRule } from './whole-rule.js';

/**
 * Each difference from the base is dropped with probability p, else divided by 1 − p (Yu et al., ICML 2024), which
 * leaves its expectation. Model k draws from the merge's stream `dare`, k.
 */
export const dare = define({
  kind: 'dare',
  summary: 'Base plus the mean of randomly thinned differences.',
  options: {
    drop: z.number().min(0).lt(1).default(0.9).describe('p, the probability that a difference is dropped'),
    combine: z
      .enum(['mean', 'elected'])
      .default('mean')
      .describe(
        'what is added: the mean of all, or that of those that have the sign of their sum, as in TIES',
      ),
    scale: z.number().default(1).describe('λ, what the merged difference is multiplied by'),
  },
  needs: () => ({ base: true }),
  create: ({ drop, combine, scale }, context: MergeContext): MergeRule =>
    mergeRule(context, ({ manifest }) => ({
      merge(input) {
        const { stream } = input;
        if (stream === undefined) {
          throw new Error('DARE drops differences at random: the protocol has to give it named streams');
        }
        const draws = allModels(input).map((_, k) => stream('dare', k));
        const reduce = combine === 'mean' ? meanOfAll : meanOfElected;
        return mergeDifferences(input, baseOf(input, 'DARE'), manifest, scale, (differences) => {
          for (let k = 0; k < differences.length; k++) {
            differences[k] = draws[k]() < drop ? 0 : differences[k] / (1 - drop);
          }
          return reduce(differences);
        });
      },
    })),
});
