/**
 * Fields of a recipe that nothing would read: accepted, they would change nothing, and nobody would know. A field is
 * unread if its value is not the default and neither the algorithm nor the host that runs it reads the field.
 */
import { algorithms, ignoredOptions, readsOf, schedulesOf, type Algorithm } from '../algorithms/index.js';
import { datasets } from '../data/index.js';
import { mergeRules } from '../merging/index.js';
import { canonicalJson } from '../numerics/index.js';
import {
  conditionalFields,
  networkOnlyFields,
  type Choice,
  type ConditionalField,
  type ScheduleKind,
} from '../registry/index.js';
import { isWithin, valueAt } from './paths.js';
import type { Recipe } from './recipe.js';

export interface UnreadField {
  /** Dotted. */
  readonly field: string;
  /** Why it has no effect, and what reads it. */
  readonly sentence: string;
}

/** The algorithm of a recipe whose fields have been checked. */
export const algorithmOf = ({ algorithm, schedule }: Pick<Recipe, 'algorithm' | 'schedule'>): Algorithm =>
  algorithms.create(algorithm, { synchronous: schedule.kind === 'synchronous' });

/** Whether the recipe's algorithm, or a host that runs it, reads a dotted field, whatever its value. */
export function isRead(recipe: Recipe, field: string): boolean {
  const algorithm = algorithmOf(recipe);
  const conditional = conditionalFields.find((one) => isWithin(field, one));
  if (conditional !== undefined && !readsOf(algorithm, recipe.schedule.kind).includes(conditional))
    return false;
  if (overruled(recipe).some((other) => isWithin(field, other.field))) return false;
  const ignored = Object.keys(ignoredOptions(algorithm, recipe.schedule.kind, recipe.algorithm));
  return !ignored.some((option) => isWithin(field, `algorithm.${option}`));
}

/**
 * Every field that is set and not read.
 * @param defaults a recipe in which every conditional field has its default
 */
export function unreadFields(recipe: Recipe, defaults: Recipe): UnreadField[] {
  const { algorithm: choice, schedule } = recipe;
  const algorithm = algorithmOf(recipe);
  const reads = readsOf(algorithm, schedule.kind);
  const conditional = conditionalFields
    .filter(
      (field) =>
        !reads.includes(field) &&
        !isSame(valueAt(recipe, field.split('.')), valueAt(defaults, field.split('.'))),
    )
    .map((field) => ({ field, sentence: describe(field, recipe) }));
  const ignored = Object.entries(ignoredOptions(algorithm, schedule.kind, choice))
    .filter(([option]) => !isSame(valueAt(choice, option.split('.')), presetOf(choice, option)))
    .map(([option, why]) => ({
      field: `algorithm.${option}`,
      sentence: `it has no effect, since ${why}; leave it out`,
    }));
  const overruledHere = overruled(recipe).filter(({ field, preset }) => {
    const value = valueAt(recipe, field.split('.'));
    return value !== undefined && !isSame(value, preset);
  });
  const others = [...overruledHere, ...withoutEffect(recipe)];
  // One sentence a field: that the algorithm does not read it says more.
  return [
    ...conditional,
    ...ignored,
    ...others.filter(({ field }) => !conditional.some((one) => one.field === field)),
  ];
}

/** The fields that a simulated run does not read although a run over a network does, where they are set. */
export const networkOnlyFieldsOf = (recipe: Recipe): ConditionalField[] =>
  networkOnlyFields.filter((field) => valueAt(recipe, field.split('.')) !== undefined);

const isSame = (a: unknown, b: unknown) => a === b || canonicalJson(a) === canonicalJson(b);

/** What an option is if it is not set; an option of the merge rule depends on which rule it is. */
function presetOf(choice: Choice, option: string): unknown {
  const rule = valueAt(choice, ['merge', 'kind']);
  if (option.startsWith('merge.') && typeof rule === 'string') {
    const presets = mergeRules.entry(rule).options.safeParse({}).data;
    return valueAt(presets, option.split('.').slice(1));
  }
  return valueAt(algorithms.entry(choice.kind).options.safeParse({}).data, option.split('.'));
}

function describe(field: ConditionalField, { algorithm: { kind }, schedule }: Recipe): string {
  const readers = readersOf(field, schedule.kind);
  const under = schedule.kind === 'synchronous' ? '' : ` under schedule '${schedule.kind}'`;
  const advice = readers.length === 0 ? '' : `, or use an algorithm that reads it: ${readers.join(', ')}`;
  return `${kind} does not read it${under}, so it would change nothing; leave it out${advice}`;
}

/** The algorithms that read a field; where they do so under other schedules only, with these. */
function readersOf(field: ConditionalField, schedule: ScheduleKind): string[] {
  return algorithms.entries.flatMap(({ kind, options }) => {
    // A plugin's algorithm may have options that must be set.
    const presets = options.safeParse({});
    if (!presets.success) return [];
    const algorithm = algorithms.create({ kind }, { synchronous: schedule === 'synchronous' });
    const under = schedulesOf(algorithm).filter((one) => readsOf(algorithm, one).includes(field));
    if (under.length === 0) return [];
    return under.includes(schedule) ? [kind] : [`${kind} (schedule: ${under.join(' or ')})`];
  });
}

/** Fields that have no effect at any value beside others that are given, with their defaults. */
function overruled({ algorithm, data }: Recipe): (UnreadField & { readonly preset: unknown })[] {
  const found: (UnreadField & { readonly preset: unknown })[] = [];
  const amounts = [['amount'], ['lastLayer', 'amountFactor']].map((path) => valueAt(algorithm, path));
  const known = amounts.filter((amount) => amount !== undefined);
  if (known.length > 0 && known.every(isOne)) {
    const sentence =
      'it has no effect where clients train for one epoch or step, of which a straggler leaves nothing out; use a larger algorithm.amount, or leave it out';
    found.push({ field: 'clients.stragglers', preset: 0, sentence });
  }
  const { kind, ...dataset } = data.dataset;
  if (dataset['testFile'] !== undefined) {
    const presets = datasets.entry(kind).options.safeParse({ ...dataset, testFraction: undefined }).data;
    const sentence = 'it has no effect beside testFile, which is the test set; leave out one of them';
    found.push({ field: 'data.dataset.testFraction', preset: valueAt(presets, ['testFraction']), sentence });
  }
  return found;
}

const isOne = (amount: unknown) => isSame(amount, { epochs: 1 }) || isSame(amount, { steps: 1 });

/** Fields that other fields leave without effect, whatever the algorithm. */
function withoutEffect({ init, network, stop }: Recipe): UnreadField[] {
  const found: UnreadField[] = [];
  const add = (field: string, why: string) => found.push({ field, sentence: `it has no effect ${why}` });
  if (init.file !== undefined && init.kind === 'own') {
    add(
      'init.file',
      'beside init.kind: own, which draws initial weights for every node; leave out one of them',
    );
  }
  if (init.file !== undefined && init.seed !== undefined) {
    add('init.seed', 'beside init.file, which holds the initial weights; leave out one of them');
  }
  if (network.minimumUpdates !== undefined && network.deadline === undefined) {
    add(
      'network.minimumUpdates',
      'without network.deadline, which ends a round early; add that, or leave it out',
    );
  }
  if (stop !== undefined && stop.accuracy === undefined && stop.loss === undefined) {
    add('stop', 'without a target: give stop.accuracy or stop.loss');
  }
  return found;
}
