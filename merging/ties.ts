/** TIES: trim small differences, elect a sign at every coordinate, average those that agree. */
import { z } from 'zod';
import { define } from '../registry/index.js';
import { allModels } from './all-models.js';
import { baseOf, meanOfElected, mergeDifferences, thresholds } from './differences.js';
import type { MergeContext, MergeRule } from './merge-rule.js';
import { mergeRule } from './whole-rule.js';

/**
 * Of each model's differences from the base the largest are kept (those that equal the smallest of them, too); the sign
 * of their sum is elected, and the mean of those of that sign is added (Yadav et al., NeurIPS 2023).
 */
export const ties = define({
  kind: 'ties',
  summary: 'Base plus the mean of the large differences that agree in sign.',
  options: {
    density: z.number().gt(0).max(1).default(0.2).describe('the share of each difference that is kept'),
    scale: z.number().default(1).describe('λ, what the merged difference is multiplied by'),
  },
  needs: () => ({ base: true }),
  create: ({ density, scale }, context: MergeContext): MergeRule =>
    mergeRule(context, ({ manifest }) => ({
      merge(input) {
        const base = baseOf(input, 'TIES');
        const smallest = thresholds(allModels(input), base, manifest, density);
        return mergeDifferences(input, base, manifest, scale, (differences) => {
          for (let k = 0; k < differences.length; k++) {
            if (Math.abs(differences[k]) < smallest[k]) differences[k] = 0;
          }
          return meanOfElected(differences);
        });
      },
    })),
});
