/** Reads the trace of a finished network run from its directory. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changedSince, parseRecipe, recipeHash, type Dependencies, type Recipe } from '../../recipe/index.js';
import { RunDirectoryError } from '../index.js';
import { readDependenciesOf, readEvents } from './run-directory.js';
import { traceOf, type Trace } from '../index.js';

/**
 * The trace of the run that a directory holds.
 * @throws RunDirectoryError where it holds none, one of another recipe, or one with other data, files,
 * plugins or bits
 */
export function readTrace(directory: string, recipe: Recipe, now: Dependencies): Trace {
  const file = join(directory, 'recipe.yaml');
  if (!existsSync(file) || !existsSync(join(directory, 'metrics.jsonl'))) {
    throw new RunDirectoryError(`${directory} holds no run to replay: name the directory of one`);
  }
  if (recipeHash(parseRecipe(readFileSync(file, 'utf8'))) !== recipeHash(recipe)) {
    throw new RunDirectoryError(`${directory} is a run of another recipe: replay it with ${file}`);
  }
  const before = readDependenciesOf(directory);
  const change = before && changedSince(before, now);
  if (change !== undefined) {
    throw new RunDirectoryError(
      `${directory} was made with something else than there is now: ${change}. Put the old back to replay it`,
    );
  }
  return traceOf(readEvents(directory));
}
