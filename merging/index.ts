import { Registry } from '../registry/index.js';
import { ageWeighted } from './age-weighted.js';
import { limited } from './limited.js';
import { mean } from './mean.js';
import type { MergeContext, MergeRule } from './merge-rule.js';
import { sampleWeighted } from './sample-weighted.js';
import { varianceCorrected } from './variance-corrected.js';

export const mergeRules = new Registry<MergeContext, MergeRule>('merge rule', [
  mean,
  sampleWeighted,
  ageWeighted,
  limited,
  varianceCorrected,
]);
export type {
  Accumulator,
  Contribution,
  Fold,
  MergeContext,
  Merged,
  MergeInput,
  MergeReport,
  MergeRule,
  MergeSetting,
  Received,
  RunningSum,
} from './merge-rule.js';
export { momentsOf, tensorVariances } from './moments.js';
export { partLength, takePart, type Part } from './part.js';
export { mergeInPlace, SCRATCH_BYTES } from './workbench.js';
