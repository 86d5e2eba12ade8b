/** Whether an embedding has a vector for every token of the data. */
import type { Dataset, ExampleSet } from '../data/index.js';
import type { Model } from '../learning/index.js';
import type { Federation } from './federation.js';

/** Why the data's tokens do not fit the model, or its teacher, as a sentence. */
export function refuseTokens({
  model,
  objective,
  dataset,
}: Pick<Federation, 'model' | 'objective' | 'dataset'>): string | undefined {
  const ofTeacher = objective.kind === 'distillation' ? refusal(objective.teacher.model, dataset) : undefined;
  const own = refusal(model, dataset);
  if (own !== undefined) return `model: ${own}`;
  return ofTeacher === undefined ? undefined : `loss: the teacher's ${ofTeacher}`;
}

function refusal(
  { layers: [first] }: Pick<Model, 'layers'>,
  { name, train, test }: Dataset,
): string | undefined {
  if (first.layer.kind !== 'embedding') return undefined;
  const { vocabulary } = first.layer;
  const largest = Math.max(largestToken(train), largestToken(test));
  if (largest < vocabulary) return undefined;
  return (
    `layer 1 (embedding): its vocabulary is ${vocabulary} tokens, 0 to ${vocabulary - 1}, but ${name} has tokens up to ${largest}; ` +
    `use vocabulary: ${largest + 1}`
  );
}

/** −1 where inputs are not stored as tokens: that an embedding does not take them is said elsewhere. */
function largestToken(set: ExampleSet): number {
  if ('generated' in set || set.input.type !== 'uint8') return -1;
  let largest = -1;
  for (const token of set.inputs) if (token > largest) largest = token;
  return largest;
}
