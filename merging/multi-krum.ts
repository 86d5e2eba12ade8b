/** Multi-Krum: the mean of the models that lie closest to most others. */
import { z } from 'zod';
import { define } from '../registry/index.js';
import { allModels, mergedOf } from './all-models.js';
import { blend } from './blend.js';
import { byScore, byzantineOption, krumModels, krumScores } from './krum.js';
import type { MergeContext, MergeRule } from './merge-rule.js';
import { mergeRule } from './whole-rule.js';
import { workbenchFor } from './workbench.js';

/** The plain mean of the `keep` models of the lowest Krum scores (Blanchard et al. 2017), added up in their order. */
export const multiKrum = define({
  kind: 'multi-krum',
  summary: 'Mean of the models closest to most others; withstands arbitrary models.',
  options: {
    byzantine: byzantineOption,
    keep: z.int().min(1).optional().describe('how many models are averaged; N − f of N where it is left out'),
  },
  needs: ({ byzantine, keep = 1 }) => ({ models: Math.max(krumModels(byzantine), keep) }),
  create: ({ byzantine, keep }, context: MergeContext): MergeRule =>
    mergeRule(context, ({ manifest }) => ({
      merge(input) {
        const { length } = manifest;
        const models = allModels(input);
        const kept = byScore(krumScores(models, byzantine, manifest))
          .slice(0, keep ?? models.length - byzantine)
          .sort((a, b) => a - b);
        const into = input.into ?? new Float32Array(length);
        const terms = kept.map((index) => ({ values: models[index].weights, coefficient: 1 }));
        blend(workbenchFor(into), { terms, scale: 1 / terms.length }, into, 0, length);
        return mergedOf(models, into, { counts: { leftOut: models.length - kept.length }, figures: {} });
      },
    })),
});
