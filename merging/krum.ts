/** Krum: the one model that lies closest to most others. */
import { z } from 'zod';
import { parameterRanges, type Manifest } from '../learning/index.js';
import { define } from '../registry/index.js';
import { allModels, mergedOf } from './all-models.js';
import { squaredDistances } from './distances.js';
import type { Contribution, MergeContext, MergeRule } from './merge-rule.js';
import { mergeRule } from './whole-rule.js';

export const byzantineOption = z
  .int()
  .min(0)
  .default(1)
  .describe('how many of the merged models may be anything at all, f; there must be 2f + 3 or more');

/** Among how many models f arbitrary ones are withstood. */
export const krumModels = (byzantine: number): number => 2 * byzantine + 3;

/**
 * Each model's score: the sum of the N − f − 2 smallest squared distances to the others (Blanchard et al. 2017). A
 * model with numbers that are not finite is infinitely far from all. Running statistics do not count.
 * @throws Error where there are fewer than 2f + 3 models
 */
export function krumScores(models: readonly Contribution[], byzantine: number, manifest: Manifest): number[] {
  const needed = krumModels(byzantine);
  if (models.length < needed) {
    throw new Error(
      `Krum withstands ${byzantine} arbitrary models only among ${needed} or more; there are ${models.length}`,
    );
  }
  const vectors = models.map(({ weights }) => weights);
  return squaredDistances(vectors, parameterRanges(manifest)).map((row, self) => {
    const others = row.filter((_, other) => other !== self).map((d) => (Number.isNaN(d) ? Infinity : d));
    const nearest = others
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      .slice(0, models.length - byzantine - 2);
    return nearest.reduce((sum, d) => sum + d, 0);
  });
}

/** The models' indices from the lowest score to the highest; equal scores in the models' order. */
export const byScore = (scores: readonly number[]): number[] =>
  scores
    .map((_, index) => index)
    .sort((i, j) => (scores[i] < scores[j] ? -1 : scores[i] > scores[j] ? 1 : i - j));

/** The model of the lowest score, unchanged; `chosen` in the report says which. Numbers of examples do not count. */
export const krum = define({
  kind: 'krum',
  summary: 'The one model closest to most others; withstands arbitrary models.',
  options: { byzantine: byzantineOption },
  needs: ({ byzantine }) => ({ models: krumModels(byzantine) }),
  create: ({ byzantine }, context: MergeContext): MergeRule =>
    mergeRule(context, ({ manifest }) => ({
      merge(input) {
        const models = allModels(input);
        const [chosen] = byScore(krumScores(models, byzantine, manifest));
        const into = input.into ?? new Float32Array(models[chosen].weights.length);
        if (into !== models[chosen].weights) into.set(models[chosen].weights);
        return mergedOf(models, into, { counts: {}, figures: { chosen } });
      },
    })),
});
