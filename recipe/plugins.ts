/** Plugins: modules of the user's own whose entries join the registries. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RecipeError } from './errors.js';
import { registries } from './registries.js';

const loaded = new Set<string>();

/**
 * Loads modules that export lists of entries by the registries' names, e.g.
 * `export const algorithms = [define({ kind: 'mine', … })]`. A module is loaded once in a thread.
 * @throws RecipeError where a module cannot be loaded or exports no entries
 */
export async function loadPlugins(files: readonly string[]): Promise<void> {
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
      for (const { name, registry } of known) registry.addPlugin(module[name]);
    } catch (error) {
      throw new RecipeError(`--plugin ${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
    loaded.add(path);
  }
}

/** merge-rules → mergeRules, a name that a module can export. */
const camelCase = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
