/** From a sweep to its runs: a pure function. */
import { recipeHash, RecipeError, type Recipe, type Setting } from '../../recipe/index.js';
import { SERIES } from './axes.js';
import { composeRead, isLeftOut, refuseUnreadByAll, type ReadRecipe } from './read-fields.js';
import type { Combination, Labels, Sweep } from './read.js';

/** A run by its recipe alone; `identifyRuns` says which result it is. */
export interface ExpandedRun {
  /** SHA-256 of all in the recipe that can change the run's bits. */
  readonly hash: string;
  readonly recipe: Recipe;
  /** The values of the axes that the run reads, without the series. */
  readonly settings: Labels;
  /** Fields of the sweep that the run does not read, so that its recipe is without them. */
  readonly unread: readonly string[];
  readonly series?: string;
  readonly seed: number;
}

/** How many runs a sweep has at most: before what is excluded is left out. */
export const countRuns = ({ axes, include, seeds }: Sweep): number =>
  (axes.reduce((product, { values }) => product * values.length, 1) + include.length) * (seeds?.length ?? 1);

/**
 * Every combination with every seed, in the order of the file: the last axis varies fastest, seeds faster still.
 * An axis that a series does not read gives one run to that series. Two combinations may be one recipe; they then
 * share its hash.
 * @throws RecipeError with a sentence for everything that is wrong with one of the recipes
 */
export function expandSweep(sweep: Sweep): ExpandedRun[] {
  const all = [...combinations(sweep), ...sweep.include];
  if (all.length === 0) throw new RecipeError(`${sweep.name}: every combination is excluded; no run is left`);
  const composed = new Map<string, Composed>();
  const complaints = new Set<string>();
  for (const combination of all) {
    try {
      const one = composeCombination(sweep, combination);
      // An included combination that is there already is no further run, nor is one that differs in what is not read.
      const key = JSON.stringify(one.labels);
      if (!composed.has(key)) composed.set(key, one);
    } catch (error) {
      if (!(error instanceof RecipeError)) throw error;
      error.message.split('\n').forEach((line) => complaints.add(line));
    }
  }
  if (complaints.size > 0) throw new RecipeError(inShort([...complaints]));
  refuseUnreadByAll([...composed.values()]);
  return [...composed.values()].flatMap((one) => runsOf(sweep, one));
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

/** A combination's recipe, and the values of the axes that it reads. */
interface Composed extends ReadRecipe {
  readonly labels: Labels;
}

function composeCombination({ base, set, axes }: Sweep, { labels, settings }: Combination): Composed {
  // What is set within a field comes after what sets the field as a whole.
  const depth = ({ field }: Setting) => field.split('.').length;
  const ordered = [...set, ...settings].sort((a, b) => depth(a) - depth(b));
  const varying = axes.map(({ name }) => name).filter((name) => name !== SERIES);
  const read = composeRead(base, ordered, varying);
  const kept = Object.entries(labels).filter(([name]) => name === SERIES || !isLeftOut(read.unread, name));
  return { ...read, labels: Object.fromEntries(kept) };
}

function runsOf({ name, seeds }: Sweep, { recipe, labels, unread }: Composed): ExpandedRun[] {
  const { [SERIES]: series, ...settings } = labels;
  const isSeries = SERIES in labels;
  return (seeds ?? [recipe.seed]).map((seed) => {
    const seeded = { ...recipe, name, seed };
    return {
      hash: recipeHash(seeded),
      recipe: seeded,
      settings,
      unread: [...unread.keys()],
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
