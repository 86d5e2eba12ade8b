/**
 * Long reproductions of published results: cells that are run once, each recorded as one line of
 * experiments/results/NAME.jsonl, and pages that are written from those lines.
 */
import { z } from 'zod';
import { canonicalJson, sha256 } from '../../numerics/index.js';
import { RecipeError, recipeSchema, type Dependencies, type Recipe } from '../../recipe/index.js';
import type { SimulateOptions } from '../../simulator/index.js';
import { cellDependencies } from './cell-dependencies.js';

/** One run, and what is kept of it. */
export interface Cell<Recorded> {
  /** Its place among the others, from the general to the special: `2nn/iid/C=0.1/rate=0.1`. */
  readonly name: string;
  /** The recipe as one would write it; defaults are filled in when it is run. */
  readonly recipe: Readonly<Record<string, unknown>>;
  /** Runs only where it is named: it takes days, or the recipe asks for what is not there yet. */
  readonly onRequest?: boolean;
  readonly recorded: z.ZodType<Recorded>;
  readonly run: (recipe: Recipe, options: SimulateOptions) => Promise<Recorded>;
}

export interface Reproduction {
  /** Names the command's argument and the file of results. */
  readonly name: string;
  /** In the order in which they are run: cheapest first. */
  readonly cells: readonly Cell<unknown>[];
  /** The files that are written from the results: path from the root → content. */
  readonly files: (results: Results) => Readonly<Record<string, string>>;
}

/** What is recorded of a cell; undefined where it has not run. */
export type Results = <Recorded>(cell: Cell<Recorded>) => Recorded | undefined;

const lineSchema = z.object({
  cell: z.string(),
  key: z.string(),
  seconds: z.number().describe('How long the run took, on whatever machine.'),
  recorded: z.unknown(),
});

/** A line of the file of results. */
export type Line = z.output<typeof lineSchema>;

/**
 * The SHA-256 of the recipe as it is written, of the data's checksums and of the version of the recipe's bits. The hash of the
 * complete recipe would change with every field that recipes gain, and results that took hours would be lost.
 */
export const keyOf = (cell: Pick<Cell<unknown>, 'recipe'>) => keyOfSpelling(cell, cell.recipe);

/** The key of a cell whose recipe is, or was, written otherwise. */
export const keyOfSpelling = (cell: Pick<Cell<unknown>, 'recipe'>, recipe: unknown) =>
  sha256(canonicalJson({ recipe, ...dependenciesOf(cell) }));

/** A cell may ask for what there is not yet; it is not recorded then. */
function dependenciesOf({ recipe }: Pick<Cell<unknown>, 'recipe'>): Partial<Dependencies> {
  const { data } = recipeSchema.safeParse(recipe);
  return data === undefined ? {} : cellDependencies(data);
}

/** @throws RecipeError where the recipe asks for what there is not */
export async function runCell(cell: Cell<unknown>, options: SimulateOptions): Promise<Line> {
  const start = performance.now();
  const recorded = await cell.run(recipeOf(cell), options);
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  return { cell: cell.name, key: keyOf(cell), seconds, recorded };
}

/** @throws RecipeError where the recipe asks for what there is not */
export function recipeOf({ name, recipe }: Cell<unknown>): Recipe {
  const result = recipeSchema.safeParse({ name: name.replace(/[^\w.-]+/g, '-'), ...recipe });
  if (result.success) return result.data;
  throw new RecipeError(`${name}: ${result.error.issues.map(({ message }) => message).join('; ')}`);
}

export function resultsOf(lines: readonly Line[]): Results {
  const byKey = new Map(lines.map((line) => [line.key, line.recorded]));
  return (cell) => {
    const found = byKey.get(keyOf(cell));
    return found === undefined ? undefined : cell.recorded.parse(found);
  };
}

/** @throws ZodError where a line is not one of a reproduction's */
export const parseLines = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => lineSchema.parse(JSON.parse(line)));
