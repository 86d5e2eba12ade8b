/** The mean weighted by age: models that have seen more updates count for more. */
import { define } from '../registry/index.js';
import type { Contribution, MergeContext, MergeRule } from './merge-rule.js';
import { weightedMean, type Weighting } from './weighted-mean.js';
import { mergeRule } from './whole-rule.js';

/** @throws Error where the protocol gave the model no age */
export function ageOf({ age }: Contribution): number {
  if (age !== undefined) return age;
  throw new Error('this merge rule weighs models by their age: the protocol has to count updates');
}

export const byAge: Weighting = { coefficient: ageOf, share: 'proportional' };

/**
 * y = (age · w + age' · w′) / (age + age'), the result's age is the larger one; models that are all of age 0 count
 * equally (Hegedűs et al. 2019).
 */
export const ageWeighted = define({
  kind: 'age-weighted',
  summary: 'Mean weighted by how many updates each model has seen.',
  options: {},
  needs: () => ({ share: true }),
  create: (_, context: MergeContext): MergeRule =>
    mergeRule(context, ({ manifest }) => weightedMean(manifest.length, byAge)),
});
