/** Evaluates saved weights on a recipe's held-out data. */
import { readWeights, wasmEngine } from '../learning/index.js';
import { buildFederation, type Recipe } from '../recipe/index.js';

/**
 * @param file a .safetensors file
 * @throws Error where the file does not hold weights of the recipe's model
 */
export function evaluateWeights(
  recipe: Recipe,
  file: string,
  on: 'test' | 'validation',
): { accuracy: number; loss: number } {
  const federation = buildFederation(recipe);
  const weights = readWeights(file, federation.model);
  const { correct, lossSum, count } = wasmEngine().evaluate(
    federation.model,
    weights,
    federation.heldOut(on),
  );
  return { accuracy: correct / count, loss: lossSum / count };
}
