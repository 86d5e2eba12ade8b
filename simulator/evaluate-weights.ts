/** Evaluates saved weights on a recipe's held-out data. */
import { decodeSafetensors, wasmEngine } from '../learning/index.js';
import { buildFederation, RecipeError, type Recipe } from '../recipe/index.js';

/**
 * @param file the bytes of a .safetensors file
 * @throws RecipeError where the weights are not of the recipe's model
 */
export function evaluateWeights(
  recipe: Recipe,
  file: Uint8Array,
  on: 'test' | 'validation',
): { accuracy: number; loss: number } {
  const federation = buildFederation(recipe);
  const { values } = decodeSafetensors(file);
  if (values.length !== federation.model.manifest.length) {
    throw new RecipeError(
      `the file holds ${values.length} weights, the recipe's model has ${federation.model.manifest.length}`,
    );
  }
  const examples = federation.heldOut(on);
  const { correct, lossSum, count } = wasmEngine().evaluate(federation.model, values, examples);
  return { accuracy: correct / count, loss: lossSum / count };
}
