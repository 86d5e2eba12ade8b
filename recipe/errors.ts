/** What is wrong with a recipe, as sentences that name file, line and field. */
export class RecipeError extends Error {
  override name = 'RecipeError';
}
