/** The schema of a recipe: its fields, and checks of fields against each other. */
import { checkCompatibility } from './check-compatibility.js';
import { defaultRecipe, recipeFields } from './recipe.js';

/** A recipe's fields, each by itself and against each other: nothing is accepted that nothing reads. */
export const recipeSchema = recipeFields.superRefine((recipe, context) => {
  for (const { field, sentence, isUnread } of checkCompatibility(recipe, defaultRecipe())) {
    context.addIssue({
      code: 'custom',
      message: sentence,
      path: field.split('.'),
      ...(isUnread && { params: { isUnread } }),
    });
  }
});
