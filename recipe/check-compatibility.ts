/**
 * Checks a recipe's fields against each other, before data are read or anything is created: what nothing reads, and
 * what cannot go together. Checks that need the data or the graph are in check-federation.ts.
 */
import { schedulesOf, algorithms, type Algorithm } from '../algorithms/index.js';
import { localDataClients } from '../data/index.js';
import { codecs } from '../protocol/index.js';
import type { ScheduleKind } from '../registry/index.js';
import type { Recipe } from './recipe.js';
import { algorithmOf, unreadFields } from './unread-fields.js';

export interface Incompatibility {
  /** Dotted: the field that is wrong, or that one would change. */
  readonly field: string;
  readonly sentence: string;
  /** The field is not read: without it the recipe would be the same. */
  readonly isUnread?: true;
}

/** @param defaults a recipe in which every conditional field has its default */
export function checkCompatibility(recipe: Recipe, defaults: Recipe): Incompatibility[] {
  const algorithm = algorithmOf(recipe);
  const schedule = checkSchedule(recipe, algorithm);
  // Under a schedule that the algorithm does not run under, it makes no sense to ask what it reads.
  if (schedule !== undefined) return [schedule];
  return [
    ...unreadFields(recipe, defaults).map((unread) => ({ ...unread, isUnread: true as const })),
    ...checkTopology(recipe, algorithm),
    ...checkEvaluation(recipe),
    ...checkOwnData(recipe),
    ...checkCodec(recipe, algorithm),
  ];
}

function checkSchedule(
  { schedule, algorithm: { kind } }: Recipe,
  algorithm: Algorithm,
): Incompatibility | undefined {
  const schedules = schedulesOf(algorithm);
  if (schedules.includes(schedule.kind)) return undefined;
  const others = algorithms.entries
    .filter((entry) => runsUnder(entry, schedule.kind))
    .map((entry) => entry.kind);
  return {
    field: 'schedule',
    sentence:
      `${kind} does not run under schedule '${schedule.kind}', but under ${schedules.join(' or ')}; ` +
      `under '${schedule.kind}' run: ${others.join(', ')}`,
  };
}

function runsUnder({ kind, options }: (typeof algorithms.entries)[number], schedule: ScheduleKind): boolean {
  if (!options.safeParse({}).success) return false;
  return schedulesOf(algorithms.create({ kind }, { synchronous: schedule === 'synchronous' })).includes(
    schedule,
  );
}

function checkTopology({ algorithm: { kind }, topology }: Recipe, algorithm: Algorithm): Incompatibility[] {
  const needs = algorithm.needs?.('synchronous');
  const needsOne = algorithm.family === 'gossip' && (needs?.reads?.includes('topology') ?? true);
  if (!needsOne || topology !== undefined) return [];
  const advice =
    needs?.topology === 'complete' ? 'topology: complete' : 'e.g. topology: { kind: regular, degree: 8 }';
  return [{ field: 'topology', sentence: `algorithm '${kind}' needs a topology, ${advice}` }];
}

function checkEvaluation({ stop, evaluate, data }: Recipe): Incompatibility[] {
  const wantsValidation = stop?.on === 'validation' || evaluate.on.includes('validation');
  if (wantsValidation && data.validation === undefined) {
    const sentence = 'evaluating on a validation part needs data.validation, e.g. { fraction: 0.1 }';
    return [{ field: 'evaluate.on', sentence }];
  }
  if (stop && !evaluate.on.includes(stop.on)) {
    return [{ field: 'stop.on', sentence: `it is '${stop.on}', which evaluate.on does not list` }];
  }
  return [];
}

/** Data that only workers have can be trained on, and tested on where they are. */
function checkOwnData({ data, evaluate }: Recipe): Incompatibility[] {
  const isDeclared = data.dataset.kind === 'declared';
  if (isDeclared !== (localDataClients(data.partition) !== undefined)) {
    const sentence =
      "'declared' and data.partition 'local' belong together: the one says what data look like, the other who brings them";
    return [{ field: 'data.dataset', sentence }];
  }
  if (!isDeclared) return [];
  const found: Incompatibility[] = [];
  if (data.dataset['test'] === undefined && evaluate.on.includes('test')) {
    const sentence =
      'there is no test set: write evaluate: { on: [clients] } to test on the workers’ own data, or name data.dataset.test';
    found.push({ field: 'evaluate.on', sentence });
  }
  for (const field of ['validation', 'featureSkew'] as const) {
    if (data[field] === undefined) continue;
    found.push({
      field: `data.${field}`,
      sentence: 'it needs data that the recipe has, and workers bring these',
    });
  }
  return found;
}

function checkCodec({ network, schedule }: Recipe, algorithm: Algorithm): Incompatibility[] {
  if (network.codec === undefined) return [];
  const { kind } = network.codec;
  const { everywhere, feedback } = codecs.create(network.codec, undefined);
  const answersDifferences =
    algorithm.family === 'federated' && algorithm.answers === 'sum' && algorithm.answersModels !== true;
  // A codec for differences only would leave of whole models what is largest, and zeros.
  if (!everywhere && !answersDifferences) {
    const why =
      algorithm.family === 'gossip'
        ? 'in gossip nodes send each other models'
        : "this algorithm's clients answer with models";
    const sentence = `'${kind}' is for differences of models, but ${why}; use int8 or float16`;
    return [{ field: 'network.codec', sentence }];
  }
  if (feedback && schedule.kind === 'buffered') {
    const sentence = `'${kind}' keeps what an update lost for the client's next one, which a buffered schedule cannot take back; set errorFeedback: false, or use another`;
    return [{ field: 'network.codec', sentence }];
  }
  return [];
}
