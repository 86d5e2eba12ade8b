/** For rules that treat the own model as one among all. */
import type { Contribution, Merged, MergeInput, MergeReport } from './merge-rule.js';

/** The own model, where there is one, then the received in their order: what "model 0, 1, …" means in reports. */
export const allModels = ({ own, received }: MergeInput): readonly Contribution[] =>
  own === undefined ? received : [own, ...received];

/** The result of a merge of `models`, which takes the largest of their ages. */
export function mergedOf(
  models: readonly Contribution[],
  weights: Float32Array,
  report: MergeReport,
): Merged {
  const ages = models.flatMap(({ age }) => (age === undefined ? [] : [age]));
  return { weights, ...(ages.length > 0 && { age: Math.max(...ages) }), report };
}
