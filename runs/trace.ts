/** What a run over a network recorded of who counted, so that the simulator can do the same again. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRecipe, recipeHash, type Recipe } from '../recipe/index.js';
import type { ExchangeEvent, RunEvent } from './events.js';
import { readEvents, RunDirectoryError } from './run-directory.js';

export type Trace = ReadonlyMap<number, Pick<ExchangeEvent, 'missing' | 'reset' | 'arrivals' | 'trace'>>;

/**
 * The trace of the run that a directory holds.
 * @throws RunDirectoryError where it holds none, or one of another recipe
 */
export function readTrace(directory: string, recipe: Recipe): Trace {
  const file = join(directory, 'recipe.yaml');
  if (!existsSync(file) || !existsSync(join(directory, 'metrics.jsonl'))) {
    throw new RunDirectoryError(`${directory} holds no run to replay: name the directory of one`);
  }
  if (recipeHash(parseRecipe(readFileSync(file, 'utf8'))) !== recipeHash(recipe)) {
    throw new RunDirectoryError(`${directory} is a run of another recipe: replay it with ${file}`);
  }
  return traceOf(readEvents(directory));
}

/** The trace of a run's events. */
export const traceOf = (events: readonly RunEvent[]): Trace =>
  new Map(events.flatMap((event) => (event.type === 'exchange' ? [[event.round, event]] : [])));

/** @throws RunDirectoryError where the run ended before that exchange */
export function exchangeIn(trace: Trace, number: number) {
  const recorded = trace.get(number);
  if (recorded === undefined)
    throw new RunDirectoryError(`the run to replay ended before exchange ${number}`);
  return recorded;
}
