/** The mean weighted by numbers of examples, as FedAvg weighs its clients. */
import { define } from '../registry/index.js';
import type { MergeContext, MergeRule } from './merge-rule.js';
import { weightedMean } from './weighted-mean.js';
import { mergeRule } from './whole-rule.js';

/** y = Σ n·w / Σ n over the own model and the received (McMahan et al. 2017, algorithm 1). */
export const sampleWeighted = define({
  kind: 'sample-weighted',
  summary: 'Mean weighted by how many examples each model was trained on.',
  options: {},
  needs: () => ({ share: true }),
  create: (_, context: MergeContext): MergeRule =>
    mergeRule(context, ({ manifest }) =>
      weightedMean(manifest.length, { coefficient: ({ samples }) => samples, share: 'proportional' }),
    ),
});
