/**
 * The version of a recipe's bits: which changes of this program made the recipe end in other weights or figures.
 * It is part of every key of results, of checkpoints and of the handshake, so results from before and after a change
 * are never mixed, and only runs that a change affects are done again.
 *
 * Whoever changes bits adds an entry to `bitChanges`, in the same commit.
 */
import { algorithms } from '../algorithms/index.js';
import { models } from '../learning/index.js';
import { mayHaveRoundedFractions } from './rounded-fractions.js';
import type { Recipe } from './recipe.js';

/** A change of this program after which some recipes end in other weights or recorded figures. */
export interface BitChange {
  /** The date and what it is about, e.g. `2026-11-30-batch-norm`. Keys hold it: never renamed, removed or used again. */
  readonly id: string;
  /** What is different since then, for the sentence that refuses an older result. */
  readonly what: string;
  /**
   * Whether the recipe, complete with its defaults, can end in other bits. True where that is not certain. When fields
   * of the recipe are renamed this follows.
   */
  readonly affects: (recipe: Recipe) => boolean;
  /**
   * Whether only the headline figures of `run.json` are others, and weights and events' figures are the same: recorded
   * lines that hold the figures of both kinds can then be kept. Left out, never.
   */
  readonly keepsWeights?: (recipe: Recipe) => boolean;
}

/** All changes of bits since results were first recorded, oldest first. New entries go to the end. */
export const bitChanges: readonly BitChange[] = [
  {
    id: '2026-11-30-fractions',
    what: 'A fraction of a count is rounded as on paper: 0.29 of 100 clients are 29, equal shares of a label are equal.',
    affects: mayHaveRoundedFractions,
  },
  {
    id: '2026-11-30-fednova-steps',
    what: "FedNova's effectiveSteps: steps follows the learning rate's schedule; a rate of 0 is no division by 0.",
    affects: ({ algorithm }) =>
      ['fednova', 'scaffold'].includes(algorithm.kind) &&
      optionAt(algorithm, 'optimizer', 'schedule') !== undefined,
  },
  {
    id: '2026-11-30-variance-correction',
    what: 'Variance correction reaches its target where the own share is 1, and leaves tensors without a variance to reach.',
    affects: ({ algorithm }) =>
      optionAt(algorithm, 'merge', 'kind') === 'variance-corrected' &&
      (optionAt(algorithm, 'merge', 'tensors') === 'all' ||
        optionAt(algorithm, 'merge', 'share') === 1 ||
        optionAt(algorithm, 'share') === 1),
  },
  {
    id: '2026-11-30-csv-fields',
    what: 'Labels and owners in CSV files compare without blanks and as numbers; a constant column is exactly 0.',
    affects: ({ data }) => data.dataset.kind === 'csv',
  },
  {
    id: '2026-11-30-batch-norm',
    what: "Batch norm's running statistics are the mean of the clients' and follow passes for gradients, which draw dropout.",
    affects: (recipe) =>
      mayHaveLayer(recipe, 'batch-norm') || (takesGradients(recipe) && mayHaveLayer(recipe, 'dropout')),
  },
  {
    id: '2026-11-30-int8-scales',
    what: 'Codec int8 has float32 scales in place of float16 ones.',
    affects: ({ network }) => network.codec?.kind === 'int8',
  },
  {
    id: '2026-11-30-noise-on-floats',
    what: 'Feature noise on images of bytes is not cut off at black and white.',
    affects: ({ data }) => data.featureSkew?.kind === 'noise',
  },
  {
    id: '2026-11-30-gossip-judged-by-nodes',
    what: "Accuracy and `stop` of gossip are means over nodes' own models; the average model's figures stand beside them.",
    affects: ({ algorithm, schedule, evaluate }) =>
      evaluate.on.length > 0 && isGossip(algorithm, schedule.kind === 'synchronous'),
    keepsWeights: ({ stop }) => stop === undefined,
  },
  {
    id: '2026-11-30-push-sum-mixing',
    what: 'Push-sum divides by the columns of the mixing matrix that the recipe names.',
    affects: ({ algorithm, mixing }) => algorithm.kind === 'push-sum' && mixing !== undefined,
  },
  {
    id: '2026-11-30-keras-import',
    what: "Keras's dense layers go over the last axis; on TensorFlow.js embeddings, forget gates and Dropout begin and draw as here.",
    affects: ({ model, loss }) =>
      model.kind === 'keras' || (loss !== undefined && optionAt(loss, 'model', 'kind') === 'keras'),
  },
  {
    id: '2026-11-30-d-psgd-statistics',
    what: "D-PSGD's combine-then-adapt mixes running statistics as training left them at all nodes.",
    affects: (recipe) =>
      recipe.algorithm.kind === 'd-psgd' &&
      optionAt(recipe.algorithm, 'order') === 'combine-then-adapt' &&
      mayHaveLayer(recipe, 'batch-norm'),
  },
  {
    id: '2026-11-30-evaluated-after-aggregation',
    what: "Nodes' models are evaluated after aggregation, also where a round of gossip ends with training.",
    affects: ({ algorithm, schedule, evaluate }) => {
      if (schedule.kind !== 'synchronous' || evaluate.after !== 'aggregation') return false;
      const created = algorithms.create(algorithm, { synchronous: true });
      return created.family === 'gossip' && created.endsAfter === 'training';
    },
  },
];

/** Whether the algorithm takes gradients by passes that are no training steps. */
const takesGradients = ({ algorithm }: Recipe): boolean =>
  ['data-parallel', 'gradient-tracking'].includes(algorithm.kind) ||
  (algorithm.kind === 'scaffold' && optionAt(algorithm, 'option') === 'I');

const isGossip = (algorithm: Recipe['algorithm'], synchronous: boolean) =>
  algorithms.create(algorithm, { synchronous }).family === 'gossip';

/** The version of a recipe's bits: the ids of the changes that affect it, oldest first. */
export const bitsOf = (recipe: Recipe, changes = bitChanges): string[] =>
  changes.filter(({ affects }) => affects(recipe)).map(({ id }) => id);

/** Whether a recipe ends in the weights, and its events tell the figures, that it had before all changes. */
export const hasKeptWeights = (recipe: Recipe, changes = bitChanges): boolean =>
  changes.every(({ affects, keepsWeights }) => !affects(recipe) || keepsWeights?.(recipe) === true);

/** For `affects`: an option of an option of a part of the recipe. */
export const optionAt = (part: unknown, ...names: readonly string[]): unknown =>
  names.reduce(
    (value, name) =>
      typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined,
    part,
  );

/** For `affects`: whether the model has a layer of this kind, or may have one. */
export function mayHaveLayer({ model }: Recipe, kind: string): boolean {
  if (model.kind === 'keras') return true;
  try {
    const { layers } = models.create(model, { input: [28, 28, 1], classes: 10 });
    return JSON.stringify(layers).includes(`"kind":"${kind}"`);
  } catch {
    // A plugin's model that wants an input of its own.
    return true;
  }
}
