/** The limited merge: models much older than the newest are left out instead of averaged in. */
import { z } from 'zod';
import { define } from '../registry/index.js';
import { ageOf, byAge } from './age-weighted.js';
import type { MergeContext, MergeRule } from './merge-rule.js';
import { weightedMean } from './weighted-mean.js';
import { mergeRule, type WholeRule } from './whole-rule.js';

/**
 * Of two models whose ages differ by more than L the one that has seen more updates is kept as it is; else they are
 * averaged by age (Danner et al. 2023). Of several, those that lag more than L behind the most trained are left out.
 * It does not fold, since only the last model shows which lag behind.
 */
export const limited = define({
  kind: 'limited',
  summary: 'Age-weighted mean without the models that lag behind by more than a limit.',
  options: {
    limit: z.number().min(0).default(1).describe('the largest lag, L, in updates, that is still averaged in'),
  },
  needs: () => ({ share: true }),
  create: ({ limit }, context: MergeContext): MergeRule =>
    mergeRule(context, ({ manifest }) => limitedMean(manifest.length, limit)),
});

function limitedMean(length: number, limit: number): WholeRule {
  const mean = weightedMean(length, byAge);
  return {
    merge({ own, received, ...setting }) {
      const newest = Math.max(...[...received, ...(own ? [own] : [])].map(ageOf));
      const recent = received.filter((model) => ageOf(model) >= newest - limit);
      const ownCounts = own !== undefined && ageOf(own) >= newest - limit;
      const merged = mean.merge({ ...setting, ...(ownCounts && { own }), received: recent });
      const leftOut = received.length - recent.length + (own !== undefined && !ownCounts ? 1 : 0);
      return { ...merged, report: { counts: { leftOut }, figures: {} } };
    },
  };
}
