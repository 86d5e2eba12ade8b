/** What a run over a network recorded of who counted, so that the simulator can do the same again. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changedSince, parseRecipe, recipeHash, type Dependencies, type Recipe } from '../recipe/index.js';
import type { RoundEvent, RunEvent } from './events.js';
import { readDependenciesOf, readEvents, RunDirectoryError } from './run-directory.js';

export type Trace = ReadonlyMap<number, Pick<RoundEvent, 'missing' | 'reset' | 'arrivals' | 'trace'>>;

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

/** The trace of a run's events. */
export const traceOf = (events: readonly RunEvent[]): Trace =>
  new Map(events.flatMap((event) => (event.type === 'round' ? [[event.round, event]] : [])));

/** @throws RunDirectoryError where the run ended before that round */
export function roundIn(trace: Trace, number: number) {
  const recorded = trace.get(number);
  if (recorded === undefined) throw new RunDirectoryError(`the run to replay ended before round ${number}`);
  return recorded;
}
