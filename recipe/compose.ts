/** A recipe put together: what is written in a file, and dotted fields that are set over it. */
import type { z } from 'zod';
import { complaint, isUnknownField, issuePath } from '../registry/index.js';
import { RecipeError } from './errors.js';
import { hasField, isRecord, isWithin } from './paths.js';
import type { Recipe } from './recipe.js';
import { recipeSchema } from './schema.js';
import type { Path } from './source.js';

/** A value as somebody wrote it, and where a path within it stands: `recipe.yaml:4: rounds: `. */
export interface Written {
  readonly value: unknown;
  readonly place: (path: Path) => string;
}

/** A dotted field and what it is set to; null takes the field out. `place` takes paths from the recipe's top. */
export interface Setting extends Written {
  readonly field: string;
}

/** What is wrong with a recipe at one place. */
export interface Complaint {
  /** Dotted. */
  readonly field: string;
  /** With the place that set the field. */
  readonly sentence: string;
  /** Nothing reads the field: what the recipe chooses has no such option, or makes no use of it. */
  readonly isUnread: boolean;
}

/**
 * The checked recipe with every default filled in; later settings go over earlier ones.
 * @throws RecipeError with a sentence for everything that is wrong, naming the place that set it
 */
export function composeRecipe(base: Written, settings: readonly Setting[]): Recipe {
  const composed = tryRecipe(base, settings);
  if ('recipe' in composed) return composed.recipe;
  throw new RecipeError(composed.complaints.map(({ sentence }) => sentence).join('\n'));
}

/**
 * The checked recipe, or all that is wrong with it, and what was written of it with the settings in place.
 * @throws RecipeError where the base is no recipe, or a setting lies within what has no fields
 */
export function tryRecipe(
  base: Written,
  settings: readonly Setting[],
): { readonly written: unknown } & (
  { readonly recipe: Recipe } | { readonly complaints: readonly Complaint[] }
) {
  const written = structuredClone(base.value);
  if (!isRecord(written)) {
    throw new RecipeError(`${base.place([])}this is no recipe: write fields, such as rounds: 100`);
  }
  for (const setting of settings) assign(written, setting);
  const result = recipeSchema.safeParse(written, { error: complaint });
  if (result.success) return { written, recipe: result.data };
  const complaints = result.error.issues.map((issue) => ({
    field: issuePath(issue).map(String).join('.'),
    sentence: `${placeOf(issue, base, settings)}${issue.message}`,
    isUnread: isUnknownField(issue) || (issue.code === 'custom' && issue.params?.['isUnread'] === true),
  }));
  return { written, complaints };
}

/** Sets a dotted field. A choice written as its kind alone, such as `model: 2nn`, gains options this way. */
function assign(recipe: unknown, { field, value, place }: Setting): void {
  const path = field.split('.');
  if (path.some((key) => key in Object.prototype))
    throw new RecipeError(`${place(path)}no recipe has such a field`);
  let at = recipe;
  for (const [depth, key] of path.entries()) {
    if (!isRecord(at)) {
      const above = path.slice(0, depth).join('.');
      throw new RecipeError(`${place(path)}'${above}' has no fields of its own`);
    }
    if (depth === path.length - 1) {
      if (value === null) Reflect.deleteProperty(at, key);
      else at[key] = structuredClone(value);
    } else if (typeof at[key] === 'string') at = at[key] = { kind: at[key] };
    else at = at[key] ??= {};
  }
}

/** The last setting that covers the field; else what the base says; else a setting that lies within the field. */
function placeOf(issue: z.core.$ZodIssue, base: Written, settings: readonly Setting[]): string {
  const path = issuePath(issue);
  const field = path.map(String).join('.');
  const covering = settings.findLast((setting) => isWithin(field, setting.field));
  if (covering) return covering.place(path);
  const inner = settings.findLast((setting) => isWithin(setting.field, field));
  return (inner && !hasField(base.value, path) ? inner : base).place(path);
}
