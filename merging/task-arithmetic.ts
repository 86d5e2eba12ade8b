/** Task arithmetic: the base plus a multiple of the sum of all differences from it. */
import { z } from 'zod';
import { define } from '../registry/index.js';
import { allModels } from './all-models.js';
import { baseOf, mergeDifferences, meanOfAll } from './differences.js';
import type { MergeContext, MergeRule } from './merge-rule.js';
import { mergeRule } from './whole-rule.js';

/** θ₀ + λ · Σ τₖ (Ilharco et al., ICLR 2023); λ = 1/K is the mean of the models. */
export const taskArithmetic = define({
  kind: 'task-arithmetic',
  summary: 'Base plus a multiple of the sum of all differences from it.',
  options: {
    scale: z
      .union([z.number(), z.literal('mean')])
      .default('mean')
      .describe("λ; 'mean' is 1/K for K models. Of models of the same task, 1 overshoots K-fold"),
  },
  needs: () => ({ base: true }),
  create: ({ scale }, context: MergeContext): MergeRule =>
    mergeRule(context, ({ manifest }) => ({
      merge(input) {
        const lambda = scale === 'mean' ? 1 : scale * allModels(input).length;
        return mergeDifferences(input, baseOf(input, 'task arithmetic'), manifest, lambda, meanOfAll);
      },
    })),
});
