/** The runs, and what is recorded of each: accuracy, variance and correction by round. */
import { z } from 'zod';
import type { Recipe } from '../../../recipe/index.js';
import type { PopulationEvent } from '../../../records/index.js';
import { InterruptedError, simulate, type SimulateOptions } from '../../../simulator/index.js';
import type { Cell } from '../reproduction.js';
import { recipeOf, tracedRecipe, type Written } from './recipes.js';
import { ENOUGH, nameOf, type GossipSetting, type ReferenceSetting } from './settings.js';

/** Lists are parallel: an entry for each round after which the nodes were measured. */
export const curveSchema = z.object({
  rounds: z.array(z.number()),
  /** Mean accuracy of the nodes tested. */
  accuracy: z.array(z.number()),
  /** Per tensor, the mean over nodes of its variance, over that of a fresh initialisation. */
  varianceRatio: z.record(z.string(), z.array(z.number())),
  /** Mean factor of the correction in the round; null where nothing was corrected. */
  correction: z.array(z.number().nullable()),
  relativeConsensusDistance: z.array(z.number()),
  /** Why the run ended: its rounds were done, or the nodes were accurate enough. */
  ended: z.enum(['rounds', 'target']),
});
export type Curve = z.output<typeof curveSchema>;

export const cellOf = (setting: GossipSetting | ReferenceSetting, seed: number) =>
  cell(nameOf(setting, seed), recipeOf(setting, seed));

export const tracedCell = (setting: GossipSetting | ReferenceSetting, seed: number) =>
  cell(`first rounds/${nameOf(setting, seed)}`, tracedRecipe(setting, seed));

const cell = (name: string, recipe: Written): Cell<Curve> => ({
  name,
  recipe,
  recorded: curveSchema,
  run: measure,
});

/** Runs a recipe until its nodes are accurate enough. */
export async function measure(recipe: Recipe, options: SimulateOptions): Promise<Curve> {
  const populations: PopulationEvent[] = [];
  const enough = new AbortController();
  try {
    await simulate(recipe, {
      ...options,
      signal: enough.signal,
      onEvent(event) {
        if (event.type !== 'population') return;
        populations.push(event);
        if ((event.nodes?.mean ?? 0) >= ENOUGH) enough.abort();
      },
    });
    return curve(populations, 'rounds');
  } catch (error) {
    if (error instanceof InterruptedError) return curve(populations, 'target');
    throw error;
  }
}

function curve(populations: readonly PopulationEvent[], ended: Curve['ended']): Curve {
  const tensors = Object.keys(populations.at(0)?.varianceRatio ?? {});
  return {
    rounds: populations.map(({ round }) => round),
    accuracy: populations.map(({ nodes }) => short(nodes?.mean ?? NaN)),
    varianceRatio: Object.fromEntries(
      tensors.map((name) => [name, populations.map(({ varianceRatio }) => short(varianceRatio[name]))]),
    ),
    correction: populations.map(({ correction }) => (correction === undefined ? null : short(correction))),
    relativeConsensusDistance: populations.map((event) => short(event.relativeConsensusDistance)),
    ended,
  };
}

const short = (value: number) => Number(value.toPrecision(5));
