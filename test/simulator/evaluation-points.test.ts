/**
 * Gossip algorithms are evaluated at the same point of a round, after aggregation, or all after local training: against
 * an independent program of softmax regression on a path of three nodes, and for every algorithm without a change of weights.
 */
import { join } from 'node:path';
import { expect } from 'chai';
import { algorithms, readsOf } from '../../algorithms/index.js';
import { readFromDisk } from '../../learning/host/index.js';
import { readWeights, type Examples } from '../../learning/index.js';
import { canonicalJson, mean } from '../../numerics/index.js';
import {
  bitsOf,
  buildFederation,
  decisiveFields,
  parseRecipe,
  recipeHash,
  startingWeights,
} from '../../recipe/index.js';
import type { RunEvent } from '../../records/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';

const NODES = 3;
const ROUNDS = 3;
const RATE = 0.2;
const [DIMENSION, CLASSES] = [4, 3];

const setting = (fields: Readonly<Record<string, unknown>>) =>
  parseRecipe(
    JSON.stringify({
      seed: 3,
      data: {
        dataset: {
          ...{ kind: 'synthetic', clients: NODES, dimension: DIMENSION, classes: CLASSES },
          ...{ samplesPerClient: 20, testFraction: 0.5 },
        },
        partition: 'natural',
      },
      model: 'logistic',
      topology: 'path',
      rounds: ROUNDS,
      ...fields,
    }),
  );

const populations = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'population');

// The independent program: models are lists of numbers, DIMENSION × CLASSES weights, then the biases.

type Model = readonly number[];
type Matrix = readonly (readonly number[])[];

/** W times the nodes' models. */
const mix = (matrix: Matrix, models: readonly Model[]): Model[] =>
  matrix.map((row) => models[0].map((_, i) => row.reduce((sum, w, j) => sum + w * models[j][i], 0)));

const meanOf = (models: readonly Model[]): Model =>
  models[0].map((_, i) => mean(models.map((model) => model[i])));

const squaredDistance = (a: Model, b: Model) => a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0);

function inputsOf(examples: Examples): { readonly x: number[]; readonly label: number }[] {
  return Array.from({ length: examples.count }, (_, index) => {
    const stored = new Float32Array(DIMENSION);
    examples.copyInput(index, new Uint8Array(stored.buffer), 0);
    return { x: [...stored], label: examples.label(index) };
  });
}

function probabilities(model: Model, x: readonly number[]): number[] {
  const powers = Array.from({ length: CLASSES }, (_, c) =>
    Math.exp(
      x.reduce((sum, value, d) => sum + value * model[d * CLASSES + c], model[DIMENSION * CLASSES + c]),
    ),
  );
  const sum = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / sum);
}

const lossOf = (model: Model, examples: Examples): number =>
  mean(inputsOf(examples).map(({ x, label }) => -Math.log(probabilities(model, x)[label])));

/** One step along the gradient over all examples. */
function trained(model: Model, examples: Examples): Model {
  const result = [...model];
  const all = inputsOf(examples);
  for (const { x, label } of all) {
    for (const [c, p] of probabilities(model, x).entries()) {
      const step = (RATE * ((c === label ? 1 : 0) - p)) / all.length;
      [...x, 1].forEach((value, d) => (result[d * CLASSES + c] += step * value));
    }
  }
  return result;
}

/** Metropolis–Hastings's weights on the path 0 – 1 – 2, and the mean of a node's own model and its neighbours'. */
const metropolis: Matrix = [
  [2 / 3, 1 / 3, 0],
  [1 / 3, 1 / 3, 1 / 3],
  [0, 1 / 3, 2 / 3],
];
const neighbourhood: Matrix = [
  [1 / 2, 1 / 2, 0],
  [1 / 3, 1 / 3, 1 / 3],
  [0, 1 / 2, 1 / 2],
];

type Point = 'aggregation' | 'training';
/** What a round makes of the nodes' models, and the models of both points on the way. */
type Round = (
  models: readonly Model[],
  train: (model: Model, node: number) => Model,
) => Record<Point, Model[]>;

const trainedFirst =
  (matrix: Matrix): Round =>
  (models, train) => {
    const training = models.map(train);
    return { training, aggregation: mix(matrix, training) };
  };
const mergedFirst: Round = (models, train) => {
  const aggregation = mix(neighbourhood, models);
  return { aggregation, training: aggregation.map(train) };
};
/** x_{k+½} = Σ W_ij x_j, and x_{k+1} = x_{k+½} − η ∇F(x_k). */
const combinedFirst: Round = (models, train) => {
  const aggregation = mix(metropolis, models);
  const steps = models.map((model, node) => train(model, node).map((value, i) => value - model[i]));
  return {
    aggregation,
    training: aggregation.map((model, n) => model.map((value, i) => value + steps[n][i])),
  };
};

const local = { batchSize: 'all', amount: { steps: 1 }, optimizer: { learningRate: RATE } };
const dPsgd = { kind: 'd-psgd', ...local };
const gossip = { kind: 'gossip', fanout: 'all', merge: { kind: 'mean', share: 'proportional' }, ...local };

interface Case {
  readonly algorithm: { readonly kind: string; readonly order: string };
  readonly round: Round;
  /** The point that a round ends with. */
  readonly end: Point;
}
const cases: readonly Case[] = [
  { algorithm: { ...dPsgd, order: 'combine-then-adapt' }, round: combinedFirst, end: 'training' },
  {
    algorithm: { ...dPsgd, order: 'adapt-then-combine' },
    round: trainedFirst(metropolis),
    end: 'aggregation',
  },
  { algorithm: { ...gossip, order: 'merge-update' }, round: mergedFirst, end: 'training' },
  { algorithm: { ...gossip, order: 'update-merge' }, round: trainedFirst(neighbourhood), end: 'aggregation' },
];

describe('where models are evaluated', () => {
  const folder = temporaryFolder();

  for (const { algorithm, round, end } of cases) {
    for (const after of ['aggregation', 'training'] as const) {
      it(`${algorithm.kind}, ${algorithm.order}, after ${after}: the models of an independent program`, async () => {
        const mixing = algorithm.kind === 'd-psgd' && { mixing: 'metropolis-hastings' };
        const recipe = setting({ algorithm, evaluate: { after }, ...mixing });
        const out = folder.path(`${algorithm.order}-${after}`);
        const { events } = await simulate(recipe, { threads: 1, out });
        const federation = buildFederation(recipe);
        const test = federation.heldOut('test');
        const start = [...startingWeights(federation)];
        let models: readonly Model[] = Array.from({ length: NODES }, () => start);
        for (const [i, { nodes, consensusDistance, localSteps }] of populations(events).entries()) {
          const points = round(models, (model, node) => trained(model, federation.shard(node)));
          const evaluated = points[after];
          const centre = meanOf(evaluated);
          expect(nodes?.loss).to.be.closeTo(mean(evaluated.map((model) => lossOf(model, test))), 1e-5);
          const distances = evaluated.map((model) => squaredDistance(model, centre));
          expect(consensusDistance).to.be.closeTo(Math.sqrt(mean(distances)), 1e-5);
          // Those of the round are not in models that its training comes after.
          const isBefore = end === 'training' && after === 'aggregation';
          expect(localSteps).to.equal(NODES * (isBefore ? i : i + 1));
          models = points[end];
        }
        const weights = readWeights(join(out, 'model.safetensors'), federation.model, readFromDisk);
        // The run ends in the models that the nodes have, whatever is evaluated.
        meanOf(models).forEach((value, i) => {
          expect(weights[i]).to.be.closeTo(value, 1e-5);
        });
      });
    }
  }

  for (const { kind } of algorithms.entries) {
    const algorithm = algorithms.create({ kind }, { synchronous: true });
    if (!readsOf(algorithm, 'synchronous').includes('evaluate.after')) continue;
    it(`${kind}: both points have other models, and no weight changes, with nodes away and lossy links too`, async () => {
      const isComplete = algorithm.needs?.('synchronous').topology === 'complete';
      const needsAll = algorithm.needs?.('synchronous').everyMessage !== undefined;
      const run = async (after: Point) => {
        const { record, events } = await simulate(
          setting({
            algorithm: { kind },
            topology: isComplete ? 'complete' : 'path',
            ...(!needsAll && { network: { loss: 0.2 }, clients: { availability: 0.8 } }),
            evaluate: { after, every: 2 },
          }),
          { threads: 1 },
        );
        return { ...record, figures: populations(events) };
      };
      const [aggregation, training] = [await run('aggregation'), await run('training')];
      expect(training.weightsSha256).to.equal(aggregation.weightsSha256);
      expect(training.figures.map(({ round }) => round)).to.deep.equal([2, 3]);
      for (const [i, { nodes, bytesSent }] of training.figures.entries()) {
        expect(nodes?.loss).not.to.equal(aggregation.figures[i].nodes?.loss);
        expect(bytesSent).to.equal(aggregation.figures[i].bytesSent);
      }
    });
  }

  it('is a choice in rounds of nodes that train and aggregate models; elsewhere it is refused, by name', () => {
    const others = { isolated: {}, 'data-parallel': { topology: 'complete' }, fedavg: {} };
    const asked = (fields: Readonly<Record<string, unknown>>) => () =>
      setting({ topology: undefined, evaluate: { after: 'training' }, ...fields });
    for (const [algorithm, fields] of Object.entries(others)) {
      expect(asked({ algorithm, ...fields })).to.throw(`evaluate.after: ${algorithm} does not read it`);
    }
    const schedule = { kind: 'asynchronous' };
    expect(asked({ algorithm: 'gossip', topology: 'path', schedule })).to.throw(
      "evaluate.after: gossip does not read it under schedule 'asynchronous'",
    );
  });

  it('is after aggregation unless the recipe says otherwise, and is part of the result’s key where it does', () => {
    const fields = { algorithm: 'd-psgd' };
    const preset = setting(fields);
    expect(preset.evaluate.after).to.equal('aggregation');
    expect(recipeHash(setting({ ...fields, evaluate: { after: 'aggregation' } }))).to.equal(
      recipeHash(preset),
    );
    expect(recipeHash(setting({ ...fields, evaluate: { after: 'training' } }))).not.to.equal(
      recipeHash(preset),
    );
    // Results of before the choice have the key of a recipe without it.
    expect(canonicalJson(decisiveFields(preset))).not.to.include('after');
  });

  it('changed the figures of recipes whose rounds end with training', () => {
    const isChanged = (fields: Readonly<Record<string, unknown>>) =>
      bitsOf(setting(fields)).includes('2026-11-30-evaluated-after-aggregation');
    for (const { algorithm, end } of cases) expect(isChanged({ algorithm })).to.equal(end === 'training');
    expect(isChanged({ algorithm: 'd-psgd', evaluate: { after: 'training' } })).to.equal(false);
    expect(isChanged({ algorithm: 'gossip', schedule: { kind: 'asynchronous' } })).to.equal(false);
    expect(isChanged({ algorithm: 'fedavg', topology: undefined })).to.equal(false);
  });
});
