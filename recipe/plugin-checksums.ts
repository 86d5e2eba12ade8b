/** Checksums of plugins: of their files, and of the files beside them that these import. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { sha256 } from '../numerics/index.js';

/** SHA-256 of plugins' files and of what they import by relative paths, by name: `plugin rings.js`. */
export function pluginChecksums(plugins: readonly string[] = []): Record<string, string> {
  const byName = new Map<string, Set<string>>();
  for (const { name, sum } of plugins.map((plugin) => resolve(plugin)).flatMap(filesOf)) {
    byName.set(name, (byName.get(name) ?? new Set()).add(sum));
  }
  const sums = [...byName].flatMap(([name, same]) =>
    [...same].sort().map((sum, i) => [i === 0 ? name : `${name} (${i + 1})`, sum] as const),
  );
  return Object.fromEntries(sums.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const filesOf = (plugin: string) =>
  Array.from(modulesOf(plugin), ([path, content]) => ({
    name: `plugin ${path === plugin ? basename(path) : relative(dirname(plugin), path)}`,
    sum: sha256(content),
  }));

/** A module's file and, once each, those that it imports from beside it. */
function modulesOf(path: string, found = new Map<string, Buffer>()): Map<string, Buffer> {
  if (found.has(path) || !isFile(path)) return found;
  const content = readFileSync(path);
  found.set(path, content);
  for (const specifier of relativeImports(content.toString()))
    modulesOf(join(dirname(path), specifier), found);
  return found;
}

/** Also those in comments and texts, where they name files that are there: a checksum too many does no harm. */
const relativeImports = (source: string) =>
  Array.from(source.matchAll(/(?:from|import|require)\s*\(?\s*['"](\.\.?\/[^'"]+)['"]/g), ([, path]) => path);

const isFile = (path: string) => existsSync(path) && statSync(path).isFile();
