/** MagMax: at every coordinate the difference of the largest magnitude. */
import { z } from 'zod';
import { define } from '../registry/index.js';
import { baseOf, mergeDifferences } from './differences.js';
import type { MergeContext, MergeRule } from './merge-rule.js';
import { mergeRule } from './whole-rule.js';

/** θ₀ + λ · τₖ with k of the largest |τₖ|, the first of equals (Marczak et al., ECCV 2024). */
export const magMax = define({
  kind: 'magmax',
  summary: 'Base plus the largest difference at every coordinate.',
  options: { scale: z.number().default(1).describe('λ, what the merged difference is multiplied by') },
  needs: () => ({ base: true }),
  create: ({ scale }, context: MergeContext): MergeRule =>
    mergeRule(context, ({ manifest }) => ({
      merge: (input) =>
        mergeDifferences(input, baseOf(input, 'MagMax'), manifest, scale, (differences) => {
          let largest = 0;
          for (const difference of differences) {
            if (Math.abs(difference) > Math.abs(largest)) largest = difference;
          }
          return largest;
        }),
    })),
});
