/** The files that a recipe names: what they hold decides the run as much as the recipe does. */
import { existsSync, readFileSync } from 'node:fs';
import { sha256 } from '../numerics/index.js';
import { RecipeError } from './errors.js';
import type { Recipe } from './schema.js';

/** SHA-256 of each file that a recipe names and that is there, by the field that names it: `init.file`, `topology.of.path`. */
export function fileChecksums({ init, model, loss, topology }: Recipe): Record<string, string> {
  const named = {
    'init.file': init.file,
    'model.file': model['file'],
    'loss.teacher': loss?.['teacher'],
    ...Object.fromEntries(topologyPaths(topology)),
  };
  return Object.fromEntries(
    Object.entries(named).flatMap(([field, path]) =>
      typeof path === 'string' && existsSync(path) ? [[field, sha256(readFileSync(path))]] : [],
    ),
  );
}

/** What the files hold that a topology names, it or one that it is made of, by their paths. @throws RecipeError where one cannot be read */
export function readTopologyFiles({ topology }: Recipe): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from(topologyPaths(topology), ([, path]) => [path, textOf(path)]));
}

/** The fields of a topology, or of one that it is made of, that name files, and the files. */
function* topologyPaths(choice: unknown, field = 'topology'): Generator<readonly [string, string]> {
  if (typeof choice !== 'object' || choice === null) return;
  if ('kind' in choice && choice.kind === 'file' && 'path' in choice && typeof choice.path === 'string') {
    yield [`${field}.path`, choice.path];
  }
  for (const [name, part] of Object.entries(choice)) yield* topologyPaths(part, `${field}.${name}`);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new RecipeError(`topology: ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
