/**
 * The wasm engine against TensorFlow.js: losses, gradients, logits and ten steps of training of each kind of layer and
 * each named model, within the tolerances of the table. They are absolute, for weights and gradients of size 1 or less;
 * ten steps add up what single gradients differ by.
 */
import { expect } from 'chai';
import type { Engine, Examples, TrainRequest } from '../../../../learning/engine.js';
import { loadEngine } from '../../../../learning/host/index.js';
import { buildModel, models, wasmEngine, type Model } from '../../../../learning/index.js';
import { perceptron, randomExamples, randomVector, randomWeights, request } from '../../wasm/cases.js';

interface Case {
  readonly model: Model;
  readonly examples: Examples;
  /** The largest difference of a loss, a gradient or a logit; and of a weight after ten steps. */
  readonly once: number;
  readonly trained: number;
  /** Large models take plain SGD and Adam only, in batches of two. */
  readonly large?: true;
}

const named = (kind: string, input: readonly number[], classes: number, options: object = {}) =>
  buildModel(models.create({ kind, ...options }, { input, classes }));
const images = (shape: readonly number[], classes: number, density = 0.3, count = 40): Examples => {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const examples = randomExamples(count, size, classes, 11, { type: 'uint8', density });
  return { ...examples, input: { ...examples.input, shape } };
};

const table: Readonly<Record<string, Case>> = {
  'dense layers, odd widths': {
    model: perceptron(13, 11, 9, 3),
    examples: randomExamples(40, 13, 3, 3),
    once: 1e-6,
    trained: 5e-6,
  },
  logistic: {
    model: named('logistic', [28, 28, 1], 10),
    examples: images([28, 28, 1], 10),
    once: 2e-6,
    trained: 5e-6,
  },
  '2nn': {
    model: named('2nn', [28, 28, 1], 10),
    examples: images([28, 28, 1], 10),
    once: 2e-6,
    trained: 1e-5,
  },
  'convolutions with strides and average pools, all activations': {
    model: buildModel({
      input: [9, 8, 3],
      layers: [
        { kind: 'conv2d', filters: 5, kernel: 3, stride: 2, padding: 'same', activation: 'gelu' },
        { kind: 'pool', pooling: 'average', kernel: 2, stride: 1, padding: 'same' },
        { kind: 'conv2d', filters: 4, kernel: 2, stride: 1, padding: 'valid', activation: 'tanh' },
        { kind: 'activation', function: 'sigmoid' },
        { kind: 'flatten' },
        { kind: 'dense', units: 3, activation: 'none' },
      ],
    }),
    examples: images([9, 8, 3], 3, 1),
    once: 2e-6,
    trained: 1e-5,
  },
  'a global pool behind a max pool': {
    model: buildModel({
      input: [8, 8, 2],
      layers: [
        { kind: 'conv2d', filters: 6, kernel: 3, stride: 1, padding: 'same', activation: 'relu' },
        { kind: 'pool', pooling: 'max', kernel: 3, stride: 2, padding: 'same' },
        { kind: 'conv2d', filters: 7, kernel: 3, stride: 1, padding: 'same', activation: 'sigmoid' },
        { kind: 'global-pool', pooling: 'average' },
        { kind: 'dense', units: 4, activation: 'none' },
      ],
    }),
    examples: images([8, 8, 2], 4, 1),
    once: 2e-6,
    trained: 1e-5,
  },
  'tokens, two LSTMs, the last output': {
    model: buildModel({
      input: [6],
      layers: [
        { kind: 'embedding', vocabulary: 7, width: 3 },
        { kind: 'lstm', units: 5, returns: 'sequence' },
        { kind: 'lstm', units: 4, returns: 'last' },
        { kind: 'dense', units: 7, activation: 'none' },
      ],
    }),
    examples: randomExamples(40, 6, 7, 5, { tokens: 7 }),
    once: 2e-6,
    trained: 1e-5,
  },
  'char-lstm, every token foretold': {
    model: named('char-lstm', [8], 11, { units: 9, embedding: 4 }),
    examples: randomExamples(40, 8, 11, 5, { tokens: 11 }),
    once: 2e-6,
    trained: 1e-5,
  },
  'batch norms, of images and of units': {
    model: buildModel({
      input: [6, 6, 2],
      layers: [
        { kind: 'conv2d', filters: 5, kernel: 3, stride: 1, padding: 'same', activation: 'none' },
        { kind: 'batch-norm', momentum: 0.8 },
        { kind: 'activation', function: 'relu' },
        { kind: 'dense', units: 6, activation: 'none' },
        { kind: 'batch-norm', momentum: 0.9 },
        { kind: 'dense', units: 4, activation: 'none' },
      ],
    }),
    examples: images([6, 6, 2], 4, 1),
    once: 2e-5,
    trained: 2e-4,
  },
  'residuals with group norms and a shortcut': {
    model: buildModel({
      input: [6, 6, 2],
      layers: [
        { kind: 'conv2d', filters: 8, kernel: 3, stride: 1, padding: 'same', activation: 'relu' },
        {
          kind: 'residual',
          layers: [
            { kind: 'conv2d', filters: 16, kernel: 3, stride: 2, padding: 'same', activation: 'none' },
            { kind: 'group-norm', groups: 2 },
          ],
          shortcut: [
            { kind: 'conv2d', filters: 16, kernel: 1, stride: 2, padding: 'same', activation: 'none' },
            { kind: 'layer-norm' },
          ],
        },
        { kind: 'residual', layers: [{ kind: 'activation', function: 'tanh' }] },
        { kind: 'global-pool', pooling: 'average' },
        { kind: 'dense', units: 3, activation: 'none' },
      ],
    }),
    examples: images([6, 6, 2], 3, 1),
    once: 1e-5,
    trained: 1e-4,
  },
  'char-transformer': {
    model: named('char-transformer', [7], 11, { width: 16, heads: 2, depth: 2 }),
    examples: randomExamples(40, 7, 11, 5, { tokens: 11 }),
    once: 1e-5,
    trained: 1e-4,
  },
  resnet8: {
    model: named('resnet8', [12, 12, 3], 10),
    examples: images([12, 12, 3], 10, 1, 6),
    once: 2e-5,
    trained: 2e-4,
    large: true,
  },
  resnet20: {
    model: named('resnet20', [8, 8, 3], 10),
    examples: images([8, 8, 3], 10, 1, 4),
    once: 2e-5,
    trained: 2e-4,
    large: true,
  },
  vgg9: {
    model: named('vgg9', [8, 8, 3], 10),
    examples: images([8, 8, 3], 10, 1, 4),
    once: 2e-5,
    trained: 2e-4,
    large: true,
  },
  lenet5: {
    model: named('lenet5', [28, 28, 1], 10),
    examples: images([28, 28, 1], 10, 0.3, 10),
    once: 5e-6,
    trained: 2e-5,
    large: true,
  },
  cnn: {
    model: named('cnn', [28, 28, 1], 10),
    examples: images([28, 28, 1], 10, 0.3, 4),
    once: 5e-6,
    trained: 2e-5,
    large: true,
  },
};

const sgd = { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;
const adam = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-4, weightDecay: 0.01 } as const;

/** What training there is besides plain SGD. */
const variants = ({ manifest }: Model): Record<string, Partial<TrainRequest>> => ({
  'plain SGD': {},
  "Nesterov's momentum, decay, clip": {
    optimizer: { ...sgd, momentum: 0.9, nesterov: true, weightDecay: 0.01 },
    clip: 0.1,
  },
  'proximal and linear terms': {
    proximal: { mu: 0.1, anchor: randomVector(manifest.length, 7) },
    linear: randomVector(manifest.length, 8, 0.1),
  },
  'the first layer frozen': { frozenLayers: 1, clip: 0.1 },
  Adam: { optimizer: adam, rate: () => 0.001 },
  AdamW: { optimizer: { ...adam, kind: 'adamw' }, rate: () => 0.001 },
});

function near(values: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(values.length).to.equal(expected.length);
  let [largest, place] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const difference = Math.abs(values[i] - expected[i]);
    if (!(difference <= largest)) [largest, place] = [difference, i];
  }
  expect(largest, `at ${place}: ${values[place]} and ${expected[place]}`).to.be.at.most(tolerance);
}

describe('the wasm engine and TensorFlow.js', () => {
  const wasm = wasmEngine();
  let tfjs: Engine;
  before(async () => {
    tfjs = await loadEngine({ kind: 'tfjs', backend: 'wasm' });
  });

  for (const [name, { model, examples, once, trained, large = false }] of Object.entries(table)) {
    const weights = randomWeights(model, 1);

    it(`agree on losses, gradients and logits: ${name}`, () => {
      const [ours, theirs] = [wasm, tfjs].map((engine) => engine.gradient(model, weights, examples));
      near(ours.gradient, theirs.gradient, once);
      expect(ours.loss).to.be.closeTo(theirs.loss, once);
      const [own, other] = [wasm, tfjs].map((engine) => engine.evaluate(model, weights, examples, 1));
      expect(own).to.include({ correct: other.correct, count: other.count });
      expect(own.lossSum / own.count).to.be.closeTo(other.lossSum / own.count, once);
      near(wasm.predict(model, weights, examples), tfjs.predict(model, weights, examples), once);
    });

    for (const [kind, changes] of Object.entries(variants(model))) {
      if (large && kind !== 'plain SGD' && kind !== 'Adam') continue;
      it(`agree after ten steps: ${name}, ${kind}`, () => {
        const wanted = request(model, examples, {
          amount: { steps: 10 },
          batchSize: large ? 2 : 10,
          rate: () => 0.05,
          ...changes,
        });
        const [ours, theirs] = [wasm, tfjs].map((engine) => engine.train(wanted));
        near(ours.weights, theirs.weights, trained);
        expect(ours.loss).to.be.closeTo(theirs.loss, trained);
        expect(ours.cursor).to.deep.equal(theirs.cursor);
        expect(ours.optimizerState?.steps).to.equal(theirs.optimizerState?.steps);
        for (const [moment, values] of Object.entries(theirs.optimizerState?.moments ?? {})) {
          near(ours.optimizerState?.moments[moment] ?? [], values, trained);
        }
        const moved = theirs.weights.some((w, i) => Math.abs(w - wanted.weights[i]) > 20 * trained);
        expect(moved).to.equal((wanted.frozenLayers ?? 0) < model.layers.length);
      });
    }
  }
});
