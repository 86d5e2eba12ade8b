import { Registry } from '../registry/index.js';
import { ageWeighted } from './age-weighted.js';
import { coordinateMedian } from './coordinate-median.js';
import { dare } from './dare.js';
import { geometricMedian } from './geometric-median.js';
import { krum } from './krum.js';
import { limited } from './limited.js';
import { magMax } from './magmax.js';
import { mean } from './mean.js';
import type { MergeContext, MergeRule } from './merge-rule.js';
import { modelStock } from './model-stock.js';
import { multiKrum } from './multi-krum.js';
import { sampleWeighted } from './sample-weighted.js';
import { taskArithmetic } from './task-arithmetic.js';
import { ties } from './ties.js';
import { trimmedMean } from './trimmed-mean.js';
import { varianceCorrected } from './variance-corrected.js';

export const mergeRules = new Registry<MergeContext, MergeRule>('merge rule', [
  mean,
  sampleWeighted,
  ageWeighted,
  limited,
  varianceCorrected,
  coordinateMedian,
  trimmedMean,
  krum,
  multiKrum,
  geometricMedian,
  modelStock,
  taskArithmetic,
  ties,
  dare,
  magMax,
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
export { linearCombination, type LinearTerm } from './linear-combination.js';
export { momentsOf, tensorVariances } from './moments.js';
export { partLength, takePart, type Part } from './part.js';
export { mergeRule, type WholeFold, type WholeRule } from './whole-rule.js';
export { mergeInPlace, SCRATCH_BYTES } from './workbench.js';
