/** Plugins: modules of the user's own whose entries join the registries. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Catalogue } from '../registry/index.js';
import { RecipeError } from './errors.js';
import { resolveOwnName } from './own-name.js';
import { registries } from './registries.js';
import type { Recipe } from './recipe.js';

const loaded = new Set<string>();

const kindsOf = ({ entries }: Catalogue) => entries.map(({ kind }) => kind);

const BUILT_IN = 'built in';

/** Where entries come from: BUILT_IN, or the path of a plugin; nothing for those that a program added itself. */
const origins = new Map(
  Object.values(registries).map((registry) => [
    registry,
    new Map(kindsOf(registry).map((kind) => [kind, BUILT_IN])),
  ]),
);

/**
 * Loads modules that export lists of entries by the registries' names, e.g.
 * `export const algorithms = [define({ kind: 'mine', … })]`. A module is loaded once in a thread, and may import
 * `murmuration-fl` wherever it lies.
 * @throws RecipeError where a module cannot be loaded or exports no entries
 */
export async function loadPlugins(files: readonly string[]): Promise<void> {
  if (files.length > 0) resolveOwnName();
  for (const file of files) {
    const path = resolve(file);
    if (loaded.has(path)) continue;
    let module: Record<string, unknown>;
    try {
      module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
    } catch (error) {
      throw new RecipeError(`--plugin ${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const offered = Object.entries(registries).map(([name, registry]) => ({
      name: camelCase(name),
      registry,
    }));
    const known = offered.filter(({ name }) => name in module);
    if (known.length === 0) {
      throw new RecipeError(
        `--plugin ${file}: it exports none of ${offered.map(({ name }) => name).join(', ')}; export lists of entries by these names`,
      );
    }
    try {
      for (const { name, registry } of known) addEntries(registry, module[name], path);
    } catch (error) {
      throw new RecipeError(`--plugin ${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
    loaded.add(path);
  }
}

function addEntries(registry: Catalogue, exported: unknown, path: string): void {
  const before = new Set(kindsOf(registry));
  registry.addPlugin(exported);
  for (const kind of kindsOf(registry)) if (!before.has(kind)) origins.get(registry)?.set(kind, path);
}

/**
 * Other threads and processes load plugins, and know nothing of what a program adds to its own registries.
 * @param plugins the modules that they load
 * @param who who would not know the entry; `instead`, what to do if it is not to become a plugin
 * @throws RecipeError where the recipe names an entry that is in none of the modules
 */
export function refuseUnshared(
  recipe: Recipe,
  plugins: readonly string[],
  { who, instead }: { readonly who: string; readonly instead: string },
): void {
  const shared = new Set([BUILT_IN, ...plugins.map((file) => resolve(file))]);
  for (const kind of kindsIn(recipe)) {
    for (const [name, registry] of Object.entries(registries)) {
      if (!kindsOf(registry).includes(kind)) continue;
      const origin = origins.get(registry)?.get(kind);
      if (origin !== undefined && shared.has(origin)) continue;
      const list = camelCase(name);
      throw new RecipeError(
        origin === undefined
          ? `${registry.name} '${kind}' was added by ${list}.add, in this thread only, and ${who} do not know it: put it into a module that exports ${list} (docs/plugins.md) and name that in the option plugins${instead}`
          : `${registry.name} '${kind}' comes from ${origin}, which ${who} do not load: name the file in the option plugins${instead}`,
      );
    }
  }
}

/** Every `kind` in a recipe. */
function* kindsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [field, part] of Object.entries(value)) {
    if (field === 'kind' && typeof part === 'string') yield part;
    else yield* kindsIn(part);
  }
}

/** merge-rules → mergeRules, a name that a module can export. */
const camelCase = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
