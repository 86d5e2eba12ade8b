/** Reads recipes: YAML text and command-line overrides to a checked recipe with every default filled in. */
import { existsSync, readFileSync } from 'node:fs';
import { LineCounter, parse, parseDocument, stringify } from 'yaml';
import { canonicalJson, sha256 } from '../numerics/index.js';
import { describeIssues, RecipeError } from './errors.js';
import { recipeSchema, type Recipe } from './schema.js';

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
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    throw new RecipeError(document.errors.map((error) => `${file}: ${error.message}`).join('\n'));
  }
  const value: unknown = document.toJS();
  for (const [field, setting] of Object.entries(overrides)) assign(value, field, setting);
  const result = recipeSchema.safeParse(value);
  if (result.success) return result.data;
  const source = { file, document, lines, overridden: new Set(Object.keys(overrides)) };
  throw new RecipeError(describeIssues(result.error.issues, source));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Sets a dotted field. A choice written as its kind alone, such as `model: 2nn`, gains options this way. */
function assign(recipe: unknown, field: string, setting: unknown): void {
  const path = field.split('.');
  let place = recipe;
  for (const [depth, key] of path.entries()) {
    if (!isRecord(place)) {
      throw new RecipeError(`--set ${field}: '${path.slice(0, depth).join('.')}' has no fields of its own`);
    }
    if (depth === path.length - 1) place[key] = setting;
    else if (typeof place[key] === 'string') place = place[key] = { kind: place[key] };
    else place = place[key] ??= {};
  }
}

/** The recipe as YAML, with all its defaults. */
export const writeRecipe = (recipe: Recipe) => stringify(recipe);

/** What can change a run's bits: everything but its name and its checkpoints. */
export function decisiveFields(recipe: Recipe): Omit<Recipe, 'name' | 'checkpoint'> {
  const { name, checkpoint, ...decisive } = recipe;
  return decisive;
}

/** The SHA-256 of a recipe's decisive fields. */
export const recipeHash = (recipe: Recipe) => sha256(canonicalJson(decisiveFields(recipe)));
