/** Refuses recipes that can be simulated but not served: data outside the data home, inexact engines, algorithms without message loss. */
import { outsidePath, RecipeError, type Federation, type Recipe } from '../recipe/index.js';

/**
 * @param dataHome the data home of this machine, which the message names
 * @throws RecipeError if the recipe names data outside the data home, which workers refuse to open
 */
export function refuseOutsidePaths(recipe: Recipe, dataHome: string): void {
  const outside = outsidePath(recipe);
  if (outside === undefined) return;
  throw new RecipeError(
    `${outside.field}: '${outside.path}' is outside the data home, and workers open no such path: move the data into the data home of every machine (here ${dataHome}; MURMUR_DATA names another) and write the path within it`,
  );
}

/** @throws RecipeError if the recipe cannot run over a network */
export function refuseUnserved({ algorithm, recipe }: Federation): void {
  refuseInexact(recipe);
  if (algorithm.family !== 'gossip') return;
  const { schedule } = recipe;
  if (schedule.kind === 'asynchronous' && algorithm.needs?.(schedule.kind).everyMessage !== undefined) {
    throw new RecipeError(
      `${recipe.algorithm.kind} needs every message exactly once, which asynchronous gossip over a network cannot promise when a process is killed: use schedule: { kind: synchronous }, or simulate this recipe`,
    );
  }
}

/** Runs over a network are reproducible unless the recipe opts out with `mixed`. */
function refuseInexact({ engine }: Recipe): void {
  if (engine === 'wasm' || engine.kind === 'wasm' || engine.mixed === true) return;
  throw new RecipeError(
    `over a network ${engine.kind} may end in other bits on every worker: say engine: { kind: ${engine.kind}, mixed: true }`,
  );
}
