/**
 * Which of a sweep's fields a run reads. Series of a sweep differ in what they read: FedProx has a μ and FedAvg has
 * none, gossip has a topology. A field that a run does not read is left out of its recipe, so that an axis gives one
 * run to a series that does not read it; a field that no run of the sweep reads is a mistake.
 */
import {
  hasField,
  isRead,
  isWithin,
  RecipeError,
  tryRecipe,
  type Recipe,
  type Setting,
  type Written,
} from '../../recipe/index.js';

export interface ReadRecipe {
  readonly recipe: Recipe;
  /** The fields that were left out, by name, and why. */
  readonly unread: ReadonlyMap<string, string>;
  /** What was written of it, before fields were left out. */
  readonly written: unknown;
}

/** Fields are left out one layer after another: what reads one may be left out itself. */
const LAYERS = 10;

/**
 * @param axes the fields that vary in the sweep
 * @throws RecipeError with a sentence for everything that is wrong with what is read
 */
export function composeRead(
  base: Written,
  settings: readonly Setting[],
  axes: readonly string[],
): ReadRecipe {
  const unread = new Map<string, string>();
  let written: unknown;
  for (let layer = 0; layer < LAYERS; layer++) {
    const without = [...unread.keys()].map((field) => ({ field, value: null, place: base.place }));
    const composed = tryRecipe(base, [...settings, ...without]);
    written ??= composed.written;
    if ('recipe' in composed) {
      const { recipe } = composed;
      // At its default value a field that is not read does no harm, but the run is the same for all values of the axis.
      for (const field of axes) if (!isRead(recipe, field)) unread.set(field, unread.get(field) ?? '');
      return { recipe, unread, written };
    }
    const wrong = composed.complaints.filter(({ isUnread }) => !isUnread);
    if (wrong.length > 0) throw new RecipeError(wrong.map(({ sentence }) => sentence).join('\n'));
    for (const { field, sentence } of composed.complaints) unread.set(field, sentence);
  }
  throw new RecipeError([...unread.values()].join('\n'));
}

/** @throws RecipeError where a field is set that no run of the sweep reads */
export function refuseUnreadByAll(runs: readonly ReadRecipe[]): void {
  const sentences = new Map(runs.flatMap(({ unread }) => [...unread]));
  const mistakes = [...sentences].filter(
    ([field, sentence]) => sentence !== '' && !runs.some((run) => reads(run, field)),
  );
  if (mistakes.length > 0) throw new RecipeError(mistakes.map(([, sentence]) => sentence).join('\n'));
}

/** Whether the field is set for the run, and read. */
const reads = ({ unread, written }: ReadRecipe, field: string): boolean =>
  hasField(written, field.split('.')) && !isLeftOut(unread, field);

export const isLeftOut = (unread: ReadonlyMap<string, string>, field: string): boolean =>
  [...unread.keys()].some((one) => isWithin(field, one));

/** Which fields of the sweep its series do not read, a sentence each. */
export function describeUnread(
  runs: readonly { readonly series?: string; readonly recipe: Recipe; readonly unread: readonly string[] }[],
): string[] {
  const byReader = new Map<string, Set<string>>();
  for (const { series, recipe, unread } of runs) {
    if (unread.length === 0) continue;
    const reader = series ?? recipe.algorithm.kind;
    byReader.set(reader, new Set([...(byReader.get(reader) ?? []), ...unread]));
  }
  return [...byReader].map(([reader, fields]) => `${reader} does not read ${[...fields].join(', ')}`);
}
