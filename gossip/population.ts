/**
 * What is measured of a population of models: how far apart they are, their variances, how good each is. Each figure
 * is of one node, so it does not matter which process has the node.
 */
import { localDataClients } from '../data/index.js';
import { parameterRanges, type Manifest } from '../learning/index.js';
import { tensorVariances } from '../merging/index.js';
import { deviation, ExactSum, mean, range, sampleWithoutReplacement, stream } from '../numerics/index.js';
import { startingWeights, type Federation } from '../recipe/index.js';
import type { PopulationEvent } from '../records/index.js';
import { evaluatePart, type Executor, performAll } from '../execution/index.js';
import { measure, type Measurement } from './measure.js';
import type { Place } from './slabs.js';

/** Up to so many nodes' models are measured before the end: mean, distance and variances are theirs. */
const MEASURED = 100;
/** Up to so many nodes are tested on the whole test set at the end, and listed one by one in an event. */
const FULLY_TESTED = 1000;
const LISTED = 10_000;

/** A node's model, and where it lies. */
export interface PlacedModel {
  readonly node: number;
  readonly place: Place;
  readonly weights: Float32Array;
}

/** Held-out examples that nodes are tested on, or each node's own, which it trained on. */
export type TestSet = 'test' | 'validation' | 'own';

/** Which nodes are tested by themselves, and on how many examples of a set; of its own each on all. */
export interface NodeTest {
  readonly on: TestSet;
  readonly nodes: readonly number[];
  readonly examples: number;
}

/** Which nodes are looked at after a round. */
export interface Survey {
  /** Whose mean is taken, and whose distance to it and variances are measured. */
  readonly measured: readonly number[];
  readonly tests: readonly NodeTest[];
}

/** Some nodes, at the end all; none is tested where the data are the workers' own, who have no test set. */
export function surveyOf(federation: Federation, round: number, last: boolean): Survey {
  const { recipe } = federation;
  const { clients } = federation.partition;
  const { nodes, examples, on } = recipe.evaluate;
  const all = Array.from(range(clients));
  const stride = last ? 1 : Math.ceil(clients / MEASURED);
  const panel =
    last || nodes >= clients
      ? all
      : Array.from(sampleWithoutReplacement(stream(recipe.seed, 'panel', round), clients, nodes));
  const heldOut = (set: 'test' | 'validation'): NodeTest => {
    const { count } = federation.heldOut(set);
    const isWhole = last && panel.length <= FULLY_TESTED;
    return { on: set, nodes: panel, examples: isWhole ? count : Math.min(examples, count) };
  };
  // Workers that bring their own data have no held-out examples.
  const hasHeldOut = localDataClients(recipe.data.partition) === undefined;
  return {
    measured: all.filter((node) => node % stride === 0),
    tests: [
      ...(hasHeldOut ? [heldOut('test')] : []),
      ...(hasHeldOut && on.includes('validation') ? [heldOut('validation')] : []),
      ...(on.includes('clients') ? [{ on: 'own' as const, nodes: all, examples: 0 }] : []),
    ],
  };
}

/** The exact sum of models, each with the same weight. */
export function sumWeights(models: readonly PlacedModel[], length: number): ExactSum {
  const sum = new ExactSum(length);
  for (const { weights } of models) sum.add(weights, 1);
  return sum;
}

/** The mean of models, each with the same weight, from an exact sum. */
export function meanWeights(models: readonly PlacedModel[]): Float32Array<ArrayBuffer> {
  const sum = sumWeights(models, models[0].weights.length);
  const centre = sum.mean();
  sum.release();
  return centre;
}

export interface Tested {
  readonly on: TestSet;
  readonly node: number;
  readonly correct: number;
  readonly count: number;
  readonly lossSum: number;
}

/** Tests models by themselves, on the first so many examples of each set. */
export async function testNodes(
  { model }: Federation,
  executor: Executor,
  models: readonly PlacedModel[],
  tests: readonly NodeTest[],
): Promise<Tested[]> {
  const { spec } = model;
  const placed = new Map(models.map((one) => [one.node, one]));
  const tasks = tests.flatMap(({ on, nodes, examples }) =>
    nodes
      .flatMap((node) => placed.get(node) ?? [])
      .map(({ node, weights }) => ({
        of: { on, node },
        task:
          on === 'own'
            ? { spec, weights, on: { client: node } }
            : { spec, weights, on, from: 0, to: examples },
      })),
  );
  const found = new Array<Tested>(tasks.length);
  await performAll(
    executor,
    evaluatePart,
    tasks.map(({ task }) => task),
    ({ correct, lossSum, count }, index) => {
      found[index] = { ...tasks[index].of, correct, count, lossSum };
    },
  );
  return found;
}

export interface Measured extends Measurement {
  readonly node: number;
}

/** @param centre the mean, in memory that threads share */
export async function measureNodes(
  executor: Executor,
  models: readonly PlacedModel[],
  centre: Float32Array,
): Promise<Measured[]> {
  const found = new Array<Measured>(models.length);
  await performAll(
    executor,
    measure,
    models.map(({ place }) => ({ weights: place, mean: centre })),
    (result, index) => {
      found[index] = { node: models[index].node, ...result };
    },
  );
  return found;
}

type Figures = Pick<
  PopulationEvent,
  'consensusDistance' | 'relativeConsensusDistance' | 'varianceRatio' | 'nodes' | 'tested' | 'accuracies'
>;

/** The figures of the population; what was found may come in any order. */
export function figuresOf(
  federation: Federation,
  centre: Float32Array,
  measured: readonly Measured[],
  tested: readonly Tested[],
): Figures {
  const variances = byNode(measured).map((node) => node.variances);
  const consensusDistance = Math.sqrt(mean(byNode(measured).map((node) => node.squaredDistance)));
  const inOrder = byNode(tested.filter(({ on }) => on === 'test'));
  const accuracies = inOrder.map(({ correct, count }) => correct / count);
  const isListed = accuracies.length <= LISTED;
  return {
    consensusDistance,
    relativeConsensusDistance: consensusDistance / norm(centre, federation.model.manifest),
    varianceRatio: varianceRatios(federation, variances),
    ...(accuracies.length > 0 && {
      nodes: {
        tested: accuracies.length,
        mean: mean(accuracies),
        deviation: deviation(accuracies),
        worst: accuracies.reduce((least, accuracy) => Math.min(least, accuracy)),
        best: accuracies.reduce((most, accuracy) => Math.max(most, accuracy)),
        loss: mean(inOrder.map(({ lossSum, count }) => lossSum / count)),
      },
    }),
    tested: isListed ? inOrder.map(({ node }) => node) : [],
    accuracies: isListed ? accuracies : [],
  };
}

const byNode = <Of extends { readonly node: number }>(found: readonly Of[]): Of[] =>
  [...found].sort((a, b) => a.node - b.node);

/** Per tensor that was drawn at the start: mean variance over the nodes, over that of a fresh initialisation. */
function varianceRatios(
  federation: Federation,
  variances: readonly (readonly number[])[],
): Record<string, number> {
  const { manifest } = federation.model;
  const initial = tensorVariances({ values: startingWeights(federation), manifest });
  return Object.fromEntries(
    manifest.tensors.flatMap(({ name }, i) =>
      initial[i] === 0 ? [] : [[name, mean(variances.map((node) => node[i])) / initial[i]]],
    ),
  );
}

/** Of parameters, without running statistics. */
function norm(values: Float32Array, manifest: Manifest): number {
  let sum = 0;
  for (const { start, end } of parameterRanges(manifest)) {
    for (let i = start; i < end; i++) sum += values[i] * values[i];
  }
  return Math.sqrt(sum);
}
