/** Model Stock: how far to go from the base to the mean, tensor by tensor, from the angle between the models. */
import { isStatistic } from '../learning/index.js';
import { define } from '../registry/index.js';
import { allModels, mergedOf } from './all-models.js';
import { blend } from './blend.js';
import { baseOf } from './differences.js';
import { squaredDistances } from './distances.js';
import type { MergeContext, MergeRule } from './merge-rule.js';
import { mergeRule } from './whole-rule.js';
import { workbenchFor } from './workbench.js';

/**
 * θ = t · mean(θₖ) + (1 − t) · θ₀ with t = K·c / (1 + (K − 1)·c), c the mean cosine between two models' differences from
 * the base θ₀, and t within [0, 1] (Jang et al., ECCV 2024). A tensor in which some pair does not differ from the base
 * has cosine 0 for that pair. `ratio/TENSOR` in the report is t. Running statistics, which have no directions, become the
 * models' mean.
 */
export const modelStock = define({
  kind: 'model-stock',
  summary: 'Mean drawn towards the base by how much the models disagree, tensor by tensor.',
  options: {},
  needs: () => ({ base: true, models: 2 }),
  create: (_, context: MergeContext): MergeRule =>
    mergeRule(context, ({ manifest: { length, tensors } }) => ({
      merge(input) {
        const models = allModels(input);
        if (models.length < 2) throw new Error('Model Stock compares models: it needs two or more');
        const base = baseOf(input, 'Model Stock');
        const vectors = models.map(({ weights }) => weights);
        const into = input.into ?? new Float32Array(length);
        const figures: Record<string, number> = {};
        for (const { name, offset, size, role } of tensors) {
          const end = offset + size;
          const terms = vectors.map((values) => ({ values, coefficient: 1 }));
          if (isStatistic({ role })) {
            blend(workbenchFor(into), { terms, scale: 1 / vectors.length }, into, offset, end);
            continue;
          }
          const t = ratio(squaredDistances([base, ...vectors], [{ start: offset, end }]));
          const own = { values: base, share: 1 - t };
          blend(workbenchFor(into), { terms, scale: t / vectors.length, own }, into, offset, end);
          figures[`ratio/${name}`] = t;
        }
        return mergedOf(models, into, { counts: {}, figures });
      },
    })),
});

/** t from the squared distances between the base and the models: 2⟨a, b⟩ = ‖a‖² + ‖b‖² − ‖a − b‖². */
function ratio([fromBase, ...between]: readonly (readonly number[])[]): number {
  const models = between.length;
  let sum = 0;
  for (let i = 1; i <= models; i++) {
    for (let j = i + 1; j <= models; j++) {
      const product = Math.sqrt(fromBase[i] * fromBase[j]);
      const dot = (fromBase[i] + fromBase[j] - between[i - 1][j]) / 2;
      sum += product === 0 ? 0 : Math.min(Math.max(dot / product, -1), 1);
    }
  }
  const cosine = sum / ((models * (models - 1)) / 2);
  return cosine <= 0 ? 0 : Math.min((models * cosine) / (1 + (models - 1) * cosine), 1);
}
