/** The files that a recipe names: what they hold decides the run as much as the recipe does. */
import { existsSync, readFileSync } from 'node:fs';
import { sha256 } from '../numerics/index.js';
import type { Recipe } from './schema.js';

/** SHA-256 of each file that a recipe names and that is there, by the field that names it: `init.file`. */
export function fileChecksums({ init, model, loss, topology }: Recipe): Record<string, string> {
  const named = {
    'init.file': init.file,
    'model.file': model['file'],
    'loss.teacher': loss?.['teacher'],
    'topology.path': topology?.['path'],
  };
  return Object.fromEntries(
    Object.entries(named).flatMap(([field, path]) =>
      typeof path === 'string' && existsSync(path) ? [[field, sha256(readFileSync(path))]] : [],
    ),
  );
}
