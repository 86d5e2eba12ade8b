/** The mean at every coordinate without the smallest and the largest numbers. */
import { z } from 'zod';
import { portion } from '../numerics/index.js';
import { define } from '../registry/index.js';
import { allModels, mergedOf } from './all-models.js';
import { noReport, type MergeContext, type MergeRule } from './merge-rule.js';
import { reduceSorted } from './sorted-coordinates.js';
import { mergeRule } from './whole-rule.js';

/**
 * Of N models the ⌊βN⌋ smallest and the ⌊βN⌋ largest numbers at each coordinate are dropped, the rest is averaged from
 * the smallest up, in float32 (Yin et al. 2018). Numbers of examples do not count.
 */
export const trimmedMean = define({
  kind: 'trimmed-mean',
  summary: 'Mean at every coordinate without its extremes; withstands a share of arbitrary models.',
  options: {
    trim: z
      .number()
      .min(0)
      .lt(0.5)
      .default(0.2)
      .describe('β, the share of the models that is dropped at either end, below 0.5'),
  },
  // Of fewer models than 1/β nothing would be dropped.
  needs: ({ trim }) => ({ models: trim === 0 ? 1 : Math.ceil(1 / trim) }),
  create: ({ trim }, context: MergeContext): MergeRule =>
    mergeRule(context, ({ manifest }) => ({
      merge(input) {
        const models = allModels(input);
        const into = input.into ?? new Float32Array(manifest.length);
        const vectors = models.map(({ weights }) => weights);
        const dropped = Math.floor(portion(trim, models.length));
        reduceSorted(vectors, into, (rows, count, kernels) => {
          const [sum, ...rest] = rows.slice(dropped, rows.length - dropped);
          for (const row of rest) kernels.combine(sum, row, sum, sum + 4 * count, 1, 1);
          kernels.affine(sum, sum, sum + 4 * count, 1 / (rest.length + 1), -0);
          return sum;
        });
        return mergedOf(models, into, noReport);
      },
    })),
});
