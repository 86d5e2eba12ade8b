/** From a sweep to its runs: a pure function. */
import { composeRecipe, recipeHash, RecipeError, type Recipe, type Setting } from '../../recipe/index.js';
import { SERIES } from './axes.js';
import type { Combination, Labels, Sweep } from './read.js';

/** A run by its recipe alone; `identifyRuns` says which result it is. */
export interface ExpandedRun {
  /** SHA-256 of all in the recipe that can change the run's bits. */
  readonly hash: string;
  readonly recipe: Recipe;
  /** The values of the axes, without the series. */
  readonly settings: Labels;
  readonly series?: string;
  readonly seed: number;
}

/** How many runs a sweep has at most: before what is excluded is left out. */
export const countRuns = ({ axes, include, seeds }: Sweep): number =>
  (axes.reduce((product, { values }) => product * values.length, 1) + include.length) * (seeds?.length ?? 1);

/**
 * Every combination with every seed, in the order of the file: the last axis varies fastest, seeds faster still.
 * Two combinations may be one recipe; they then share its hash.
 * @throws RecipeError with a sentence for everything that is wrong with one of the recipes
 */
export function expandSweep(sweep: Sweep): ExpandedRun[] {
  const all = [...combinations(sweep), ...sweep.include];
  if (all.length === 0) throw new RecipeError(`${sweep.name}: every combination is excluded; no run is left`);
  const runs: ExpandedRun[] = [];
  const complaints = new Set<string>();
  const seen = new Set<string>();
  for (const combination of all) {
    // An included combination that is there already is no further run.
    const key = JSON.stringify(combination.labels);
    if (seen.has(key)) continue;
    seen.add(key);
    try {
      runs.push(...runsOf(sweep, combination));
    } catch (error) {
      if (!(error instanceof RecipeError)) throw error;
      error.message.split('\n').forEach((line) => complaints.add(line));
    }
  }
  if (complaints.size > 0) throw new RecipeError(inShort([...complaints]));
  return runs;
}

function* combinations({ axes, exclude }: Sweep): Generator<Combination> {
  const isExcluded = (labels: Labels) =>
    exclude.some((pattern) => Object.entries(pattern).every(([name, some]) => some.includes(labels[name])));
  function* from(index: number, chosen: Combination): Generator<Combination> {
    if (index === axes.length) {
      if (!isExcluded(chosen.labels)) yield chosen;
      return;
    }
    const { name, values } = axes[index];
    for (const { label, settings } of values) {
      yield* from(index + 1, {
        labels: { ...chosen.labels, [name]: label },
        settings: [...chosen.settings, ...settings],
      });
    }
  }
  yield* from(0, { labels: {}, settings: [] });
}

function runsOf(sweep: Sweep, { labels, settings }: Combination): ExpandedRun[] {
  const { name, base, set, seeds } = sweep;
  // What is set within a field comes after what sets the field as a whole.
  const depth = ({ field }: Setting) => field.split('.').length;
  const ordered = [...set, ...settings].sort((a, b) => depth(a) - depth(b));
  const recipe = { ...composeRecipe(base, ordered), name };
  const { [SERIES]: series, ...others } = labels;
  const isSeries = SERIES in labels;
  return (seeds ?? [recipe.seed]).map((seed) => {
    const seeded = { ...recipe, seed };
    return {
      hash: recipeHash(seeded),
      recipe: seeded,
      settings: others,
      ...(isSeries && { series: String(series) }),
      seed,
    };
  });
}

const LISTED = 12;

/** A mistake in one value of an axis is one in many runs; the first lines tell enough. */
function inShort(sentences: readonly string[]): string {
  const more = sentences.length - LISTED;
  return [...sentences.slice(0, LISTED), ...(more > 0 ? [`… and ${more} more like these`] : [])].join('\n');
}
