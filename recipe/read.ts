/** Reads recipes: YAML text and command-line overrides to a checked recipe with every default filled in. */
import { existsSync, readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { canonicalJson, sha256 } from '../numerics/index.js';
import { composeRecipe, type Setting } from './compose.js';
import { RecipeError } from './errors.js';
import type { Recipe } from './schema.js';
import { YamlSource } from './source.js';

/** Dotted fields and their values, as given with `--set data.partition.alpha=0.1`. */
export type Overrides = Readonly<Record<string, unknown>>;

/** @throws RecipeError where the assignment has no '=' */
export function parseOverride(assignment: string): [string, unknown] {
  const equals = assignment.indexOf('=');
  if (equals < 1) throw new RecipeError(`--set ${assignment}: write it as field=value, e.g. --set rounds=50`);
  return [assignment.slice(0, equals), parse(assignment.slice(equals + 1))];
}

/** @throws RecipeError with a sentence for everything that is wrong */
export function readRecipe(file: string, overrides: Overrides = {}): Recipe {
  if (!existsSync(file)) throw new RecipeError(`there is no recipe ${file}`);
  return parseRecipe(readFileSync(file, 'utf8'), overrides, file);
}

/** @throws RecipeError with a sentence for everything that is wrong */
export function parseRecipe(text: string, overrides: Overrides = {}, file = 'recipe'): Recipe {
  const source = new YamlSource(text, file);
  return composeRecipe({ value: source.value(), place: (path) => source.place(path) }, settingsOf(overrides));
}

/** Overrides as settings: complaints name the command line. */
export const settingsOf = (overrides: Overrides): Setting[] =>
  Object.entries(overrides).map(([field, value]) => ({
    field,
    value,
    place: (path) => `--set ${path.map(String).join('.')}: `,
  }));

/** The recipe as YAML, with all its defaults. */
export const writeRecipe = (recipe: Recipe) => stringify(recipe);

/** What can change a run's bits: everything but its name and its checkpoints. */
export function decisiveFields(recipe: Recipe): Omit<Recipe, 'name' | 'checkpoint'> {
  const { name, checkpoint, ...decisive } = recipe;
  return decisive;
}

/** The SHA-256 of a recipe's decisive fields. */
export const recipeHash = (recipe: Recipe) => sha256(canonicalJson(decisiveFields(recipe)));
