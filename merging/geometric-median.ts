/** The geometric median: the point whose summed distance to all models is least. */
import { z } from 'zod';
import { parameterRanges } from '../learning/index.js';
import { define } from '../registry/index.js';
import { allModels, mergedOf } from './all-models.js';
import { blend } from './blend.js';
import { squaredDistances } from './distances.js';
import type { Contribution, MergeContext, MergeRule } from './merge-rule.js';
import { momentsOf } from './moments.js';
import { mergeRule } from './whole-rule.js';
import { workbenchFor } from './workbench.js';

/**
 * Smoothed Weiszfeld iterations from the mean: z ← Σ bᵢ · xᵢ / Σ bᵢ with bᵢ = nᵢ / max(ν, ‖xᵢ − z‖) (RFA: Pillutla et
 * al. 2022, algorithm 2), distances without running statistics. Models with numbers that are not finite are left out. Where no model has examples, all count
 * equally.
 */
export const geometricMedian = define({
  kind: 'geometric-median',
  summary: 'Geometric median, weighted by examples; withstands less than half of arbitrary weight.',
  options: {
    iterations: z.int().min(1).default(4).describe('Weiszfeld iterations'),
    smoothing: z.number().positive().default(1e-6).describe('ν: distances below it count as it'),
  },
  create: ({ iterations, smoothing }, context: MergeContext): MergeRule =>
    mergeRule(context, ({ manifest }) => ({
      merge(input) {
        const { length } = manifest;
        const ranges = parameterRanges(manifest);
        const models = allModels(input);
        const finite = models.filter(({ weights }) => Number.isFinite(momentsOf(weights).variance));
        if (finite.length === 0)
          throw new Error('a geometric median needs a model whose weights are all finite');
        const anyExamples = finite.some(({ samples }) => samples > 0);
        const counts = finite.map(({ samples }) => (anyExamples ? samples : 1));
        let centre = weightedMean(finite, counts, length);
        for (let iteration = 0; iteration < iterations; iteration++) {
          const pulls = finite.map(({ weights }, index) => {
            const [[, squared]] = squaredDistances([weights, centre], ranges);
            return counts[index] / Math.max(smoothing, Math.sqrt(squared));
          });
          centre = weightedMean(finite, pulls, length);
        }
        const into = input.into ?? centre;
        if (into !== centre) into.set(centre);
        return mergedOf(models, into, { counts: { leftOut: models.length - finite.length }, figures: {} });
      },
    })),
});

/** Σ bᵢ · xᵢ / Σ bᵢ, in float32 with the bᵢ rounded to it. */
function weightedMean(
  models: readonly Contribution[],
  factors: readonly number[],
  length: number,
): Float32Array {
  const terms = models.map(({ weights }, i) => ({ values: weights, coefficient: Math.fround(factors[i]) }));
  const total = terms.reduce((sum, { coefficient }) => sum + coefficient, 0);
  const mean = new Float32Array(length);
  blend(workbenchFor(mean), { terms, scale: 1 / total }, mean, 0, length);
  return mean;
}
