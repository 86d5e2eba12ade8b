import { UserError } from '../errors/index.js';

/** The mistakes in a recipe: sentences that name file, line and field. */
export class RecipeError extends UserError {
  override name = 'RecipeError';
}
