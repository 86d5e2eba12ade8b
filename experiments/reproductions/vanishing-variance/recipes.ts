/** The recipes of the runs. */
import type { Recipe } from '../../../recipe/index.js';
import {
  FIRST_ROUNDS,
  isGossip,
  modelOf,
  NODES,
  roundsOf,
  SHARE,
  splitOf,
  topologyOf,
  type GossipSetting,
  type ReferenceSetting,
} from './settings.js';

/** One batch of 64 at a time; the momentum stays with the node. */
const training = {
  batchSize: 64,
  amount: { steps: 1 },
  optimizer: { learningRate: 0.01, momentum: 0.9, weightDecay: 1e-4 },
};

/** Every node trains at tick 0 and then every 8 to 12 ticks; a round is the mean of that, ten ticks. */
const schedule = {
  kind: 'asynchronous',
  period: { kind: 'uniform-integer', low: 8, high: 12 },
  phase: 'same',
};

export type Written = Readonly<Record<string, unknown>> & Pick<Recipe, 'seed'>;

/** Accuracies are of ten nodes on a thousand test images, at the end of all nodes on all of them. */
const evaluated = { every: 10, nodes: 10, examples: 1000, on: [] };

export const recipeOf = (setting: GossipSetting | ReferenceSetting, seed: number): Written =>
  isGossip(setting) ? gossipRecipe(setting, seed) : referenceRecipe(setting, seed);

const gossipRecipe = ({ model, split, topology, init, merge }: GossipSetting, seed: number) => ({
  seed,
  data: { dataset: 'mnist', partition: { ...splitOf(split), clients: NODES } },
  model: modelOf(model),
  init: { kind: init },
  algorithm: { kind: 'buffered-gossip', ...training, merge, share: SHARE },
  topology: topologyOf(topology),
  schedule,
  rounds: roundsOf(model),
  evaluate: evaluated,
});

/** Clients that stand for the 50: each takes the batches of ten. */
const STAND_INS = 5;

/**
 * FedAvg with every client in every round, one step of each. Clients of `fedavg` start their optimizer afresh every
 * round, so it is written as gossip: from one initialisation, all send their models to all in synchronous rounds and
 * take the mean. Each node then holds what the server would, and its momentum stays with it, as with the clients of
 * the authors' reference. The mean of 50 steps of 64 from one model is that of five steps of 640.
 */
const referenceRecipe = ({ model }: ReferenceSetting, seed: number) => ({
  seed,
  data: { dataset: 'mnist', partition: { kind: 'iid', clients: STAND_INS } },
  model: modelOf(model),
  init: { kind: 'same' },
  algorithm: {
    kind: 'gossip',
    ...training,
    batchSize: (training.batchSize * NODES) / STAND_INS,
    fanout: 'all',
    order: 'update-merge',
    merge: 'mean',
  },
  topology: { kind: 'complete' },
  rounds: roundsOf(model),
  evaluate: evaluated,
});

/** The beginning of a run, measured after every round. */
export const tracedRecipe = (setting: GossipSetting | ReferenceSetting, seed: number): Written => ({
  ...recipeOf(setting, seed),
  rounds: FIRST_ROUNDS,
  evaluate: { every: 1, nodes: 1, examples: 100, on: [] },
});
