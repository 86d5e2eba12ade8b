/** Reads recipes: YAML text and command-line overrides to a checked recipe with every default filled in. */
import { readFileSync, statSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { canonicalJson, sha256 } from '../numerics/index.js';
import { composeRecipe, type Setting } from './compose.js';
import { RecipeError } from './errors.js';
import type { Recipe } from './recipe.js';
import { YamlSource } from './source.js';

/** Dotted fields and their values, as given with `--set data.partition.alpha=0.1`. */
export type Overrides = Readonly<Record<string, unknown>>;

/** @throws RecipeError where the assignment has no '=' */
export function parseOverride(assignment: string): [string, unknown] {
  const equals = assignment.indexOf('=');
  if (equals < 1) throw new RecipeError(`--set ${assignment}: write it as field=value, e.g. --set rounds=50`);
  const value = assignment.slice(equals + 1);
  try {
    return [assignment.slice(0, equals), parse(value)];
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split(/ at line |:?\n/) : [];
    throw new RecipeError(`--set ${assignment}: '${value}' is no YAML: ${reason}; quote it for the shell`, {
      cause: error,
    });
  }
}

/** @throws RecipeError with a sentence for everything that is wrong */
export function readRecipe(file: string, overrides: Overrides = {}): Recipe {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) throw new RecipeError(`there is no recipe ${file}`);
  if (stat.isDirectory()) throw new RecipeError(`${file} is a folder: name a recipe in it, a file of YAML`);
  return parseRecipe(readFileSync(file, 'utf8'), overrides, file);
}

/** @throws RecipeError with a sentence for everything that is wrong */
export function parseRecipe(text: string, overrides: Overrides = {}, file = 'recipe'): Recipe {
  const source = new YamlSource(text, file);
  const value = source.value();
  if (isSweep(value)) {
    throw new RecipeError(`${file} is a sweep, no recipe: run it with murmur sweep ${file}`);
  }
  return composeRecipe({ value, place: (path) => source.place(path) }, settingsOf(overrides));
}

const isSweep = (value: unknown) =>
  typeof value === 'object' && value !== null && 'base' in value && ('matrix' in value || 'series' in value);

/** Overrides as settings: complaints name the command line. */
export const settingsOf = (overrides: Overrides): Setting[] =>
  Object.entries(overrides).map(([field, value]) => ({
    field,
    value,
    place: (path) => `--set ${path.map(String).join('.')}: `,
  }));

/** The recipe as YAML, with all its defaults. */
export const writeRecipe = (recipe: Recipe) => stringify(recipe);

type DecisiveFields = Omit<Recipe, 'name' | 'checkpoint' | 'evaluate'> & {
  readonly evaluate: Partial<Recipe['evaluate']>;
};

/** What can change a run's bits: everything but its name and its checkpoints. */
export function decisiveFields(recipe: Recipe): DecisiveFields {
  const { name, checkpoint, evaluate, ...decisive } = recipe;
  const { after, ...others } = evaluate;
  // At its default it is left out, so that results keep the keys that they had before there was a choice.
  return { ...decisive, evaluate: after === 'aggregation' ? others : evaluate };
}

/** The SHA-256 of a recipe's decisive fields. */
export const recipeHash = (recipe: Recipe) => sha256(canonicalJson(decisiveFields(recipe)));
