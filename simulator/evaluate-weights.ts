/** Evaluates saved weights on a recipe's held-out data. */
import { UserError } from '../errors/index.js';
import { engineFor, readFromDisk } from '../learning/host/index.js';
import { readWeights } from '../learning/index.js';
import { buildFederation, RecipeError, refuseEmptySet, type Recipe } from '../recipe/index.js';

/**
 * @param file a .safetensors file
 * @throws UserError where the file does not hold weights of the recipe's model
 */
export async function evaluateWeights(
  recipe: Recipe,
  file: string,
  on: 'test' | 'validation',
): Promise<{ accuracy: number; loss: number }> {
  const federation = buildFederation(recipe);
  const refusal = refuseEmptySet(federation, on);
  if (refusal !== undefined) throw new RecipeError(refusal);
  const weights = readWeights(file, federation.model, readFromDisk);
  const engine = await engineFor(recipe.engine, federation.model, { objective: federation.objective });
  const { correct, lossSum, count } = engine.evaluate(federation.model, weights, federation.heldOut(on));
  if (!Number.isFinite(lossSum)) {
    throw new UserError(
      `${file}: the model's loss is ${lossSum}, so that its accuracy means nothing: the weights are of a training that diverged`,
    );
  }
  return { accuracy: correct / count, loss: lossSum / count };
}
