/** The plain mean of the received models, and of the own one. */
import { define } from '../registry/index.js';
import type { MergeContext, MergeRule } from './merge-rule.js';
import { shareOption } from './options.js';
import { weightedMean } from './weighted-mean.js';
import { mergeRule } from './whole-rule.js';

/** y = β · own + (1 − β) · mean of the received: with β = ½ gossip's classical merge (Ormándi et al. 2013). */
export const mean = define({
  kind: 'mean',
  summary: 'Plain mean of the received models and the own one.',
  options: { share: shareOption.default('proportional') },
  needs: () => ({ share: true }),
  create: ({ share }, context: MergeContext): MergeRule =>
    mergeRule(context, ({ manifest }) => weightedMean(manifest.length, { coefficient: () => 1, share })),
});
