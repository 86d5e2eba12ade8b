/** The median of the models at every coordinate. */
import { define } from '../registry/index.js';
import { allModels, mergedOf } from './all-models.js';
import { noReport, type MergeContext, type MergeRule } from './merge-rule.js';
import { reduceSorted } from './sorted-coordinates.js';
import { mergeRule } from './whole-rule.js';

/** Of an even number the mean of the middle two (Yin et al. 2018). Numbers of examples do not count. */
export const coordinateMedian = define({
  kind: 'coordinate-median',
  summary: 'Median at every coordinate; withstands less than half of arbitrary models.',
  options: {},
  create: (_, context: MergeContext): MergeRule =>
    mergeRule(context, ({ manifest }) => ({
      merge(input) {
        const models = allModels(input);
        const into = input.into ?? new Float32Array(manifest.length);
        const vectors = models.map(({ weights }) => weights);
        reduceSorted(vectors, into, (rows, count, kernels) => {
          const upper = rows[rows.length >>> 1];
          if (rows.length % 2 === 1) return upper;
          const lower = rows[rows.length / 2 - 1];
          kernels.combine(lower, upper, lower, lower + 4 * count, 0.5, 0.5);
          return lower;
        });
        return mergedOf(models, into, noReport);
      },
    })),
});
