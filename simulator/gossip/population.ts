/** What is measured of a population of models: how far apart they are, their variances, how good each is. */
import { evaluatePart, performAll, vectorSharer, type Executor } from '../../hosting/index.js';
import { deviation, ExactSum, mean } from '../../numerics/index.js';
import { tensorVariances } from '../../merging/index.js';
import { startingWeights, type Federation } from '../../recipe/index.js';
import type { PopulationEvent } from '../../runs/index.js';
import { measure } from './measure.js';
import type { Place } from './slabs.js';

/** The mean of models, each with the same weight, from an exact sum. */
export function meanWeights(models: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const sum = new ExactSum(models[0].length);
  for (const model of models) sum.add(model, 1);
  const mean = sum.mean();
  sum.release();
  return mean;
}

/** Up to so many nodes' models are measured before the end: mean, distance and variances are theirs. */
const MEASURED = 100;
/** Up to so many nodes are tested on the whole test set at the end, and listed one by one in an event. */
const FULLY_TESTED = 1000;
const LISTED = 10_000;

/** A node's model, and where it lies. */
export interface PlacedModel {
  readonly place: Place;
  readonly weights: Float32Array;
}

type Figures = Pick<
  PopulationEvent,
  'consensusDistance' | 'relativeConsensusDistance' | 'varianceRatio' | 'nodes' | 'tested' | 'accuracies'
>;

/**
 * @param tested the nodes that are tested by themselves, on `evaluate.examples` test examples (all of them at
 * the end, where there are at most 1,000 nodes)
 */
export async function measurePopulation(
  federation: Federation,
  executor: Executor,
  models: readonly PlacedModel[],
  tested: ArrayLike<number>,
  last: boolean,
): Promise<{ mean: Float32Array; figures: Figures }> {
  const nodes = Array.from(tested);
  // Begun before the mean is taken, which keeps this thread busy and the others waiting.
  const testing = testNodes(
    federation,
    executor,
    nodes.map((node) => models[node].weights),
    last,
  );
  const stride = last ? 1 : Math.ceil(models.length / MEASURED);
  const measured = models.filter((_, node) => node % stride === 0);
  const centre = vectorSharer()(meanWeights(measured.map(({ weights }) => weights)));
  const distances = new Float64Array(measured.length);
  const variances = new Array<readonly number[]>(measured.length);
  const measuring = performAll(
    executor,
    measure,
    measured.map(({ place }) => ({ weights: place, mean: centre })),
    (result, index) => {
      distances[index] = result.squaredDistance;
      variances[index] = result.variances;
    },
  );
  const [{ accuracies, losses }] = await Promise.all([testing, measuring]);
  const consensusDistance = Math.sqrt(mean(distances));
  return {
    mean: centre,
    figures: {
      consensusDistance,
      relativeConsensusDistance: consensusDistance / norm(centre),
      varianceRatio: varianceRatios(federation, variances),
      nodes: {
        tested: nodes.length,
        mean: mean(accuracies),
        deviation: deviation(accuracies),
        worst: accuracies.reduce((least, accuracy) => Math.min(least, accuracy), 1),
        best: accuracies.reduce((most, accuracy) => Math.max(most, accuracy), 0),
        loss: mean(losses),
      },
      tested: nodes.length > LISTED ? [] : nodes,
      accuracies: nodes.length > LISTED ? [] : accuracies,
    },
  };
}

async function testNodes(
  federation: Federation,
  executor: Executor,
  models: readonly Float32Array[],
  last: boolean,
): Promise<{ accuracies: number[]; losses: number[] }> {
  const { recipe, model } = federation;
  const { count } = federation.heldOut('test');
  const to = last && models.length <= FULLY_TESTED ? count : Math.min(recipe.evaluate.examples, count);
  const accuracies = new Array<number>(models.length);
  const losses = new Array<number>(models.length);
  const tasks = models.map((weights) => ({ spec: model.spec, weights, on: 'test' as const, from: 0, to }));
  await performAll(executor, evaluatePart, tasks, ({ correct, lossSum, count: tested }, index) => {
    accuracies[index] = correct / tested;
    losses[index] = lossSum / tested;
  });
  return { accuracies, losses };
}

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

function norm(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
