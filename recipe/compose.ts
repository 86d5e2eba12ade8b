/** A recipe put together: what is written in a file, and dotted fields that are set over it. */
import type { z } from 'zod';
import { complaint, issuePath } from '../registry/index.js';
import { RecipeError } from './errors.js';
import { recipeSchema, type Recipe } from './schema.js';
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

/**
 * The checked recipe with every default filled in; later settings go over earlier ones.
 * @throws RecipeError with a sentence for everything that is wrong, naming the place that set it
 */
export function composeRecipe(base: Written, settings: readonly Setting[]): Recipe {
  const value = structuredClone(base.value);
  if (!isRecord(value)) {
    throw new RecipeError(`${base.place([])}this is no recipe: write fields, such as rounds: 100`);
  }
  for (const setting of settings) assign(value, setting);
  const result = recipeSchema.safeParse(value, { error: complaint });
  if (result.success) return result.data;
  const sentences = result.error.issues.map((issue) => `${placeOf(issue, base, settings)}${issue.message}`);
  throw new RecipeError(sentences.join('\n'));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
  return (inner && !has(base.value, path) ? inner : base).place(path);
}

const isWithin = (field: string, outer: string) => field === outer || field.startsWith(`${outer}.`);

const has = (value: unknown, path: Path): boolean =>
  path.length === 0 ||
  (isRecord(value) && Object.hasOwn(value, path[0]) && has(value[String(path[0])], path.slice(1)));
