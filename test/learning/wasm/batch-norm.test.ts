/** Batch norm and dropout in passes for gradients, running variances that must not fall below zero, batches of one. */
import { expect } from 'chai';
import { buildModel, initialWeights, takeStatistics, view, wasmEngine } from '../../../learning/index.js';
import { randomExamples, request } from './cases.js';

const engine = wasmEngine();
const behind = [
  { kind: 'activation', function: 'relu' },
  { kind: 'dropout', rate: 0.4 },
  { kind: 'dense', units: 3, activation: 'none' },
] as const;
const model = buildModel({
  input: [5],
  layers: [{ kind: 'dense', units: 8, activation: 'none' }, { kind: 'batch-norm', momentum: 0.9 }, ...behind],
});
const weights = initialWeights(model, 1);
const examples = randomExamples(20, 5, 3, 4);

describe('a pass for a gradient', () => {
  const plain = { optimizer: { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } } as const;
  const step = engine.train(
    request(model, examples, {
      ...plain,
      weights,
      batchSize: 'all',
      amount: { steps: 1 },
      order: () => Uint32Array.from({ length: 20 }, (_, i) => i),
      rate: () => 1,
      chance: () => [7, 9],
    }),
  );
  const pass = engine.gradient(model, weights, examples, [7, 9]);

  it('leaves the running statistics that a training step leaves', () => {
    expect(pass.statistics).to.deep.equal(takeStatistics(model.manifest, step.weights));
    expect(pass.statistics).not.to.deep.equal(takeStatistics(model.manifest, weights));
  });

  it('drops what a training step of the same chance drops', () => {
    for (const tensor of model.manifest.tensors) {
      if (tensor.role === 'norm.mean' || tensor.role === 'norm.var') continue;
      const [before, after, gradient] = [weights, step.weights, pass.gradient].map((of) => view(of, tensor));
      before.forEach((value, i) => expect(value - after[i]).to.be.closeTo(gradient[i], 1e-6));
    }
    expect(engine.gradient(model, weights, examples, [7, 10]).gradient).not.to.deep.equal(pass.gradient);
    expect(() => engine.gradient(model, weights, examples)).to.throw(RangeError, 'no stream for it');
  });

  it('has no gradient of running statistics', () => {
    expect(takeStatistics(model.manifest, pass.gradient).every((value) => value === 0)).to.equal(true);
  });
});

describe('a running variance', () => {
  it('of a channel that never changes goes to zero and no further', () => {
    const first = buildModel({
      input: [5],
      layers: [
        { kind: 'batch-norm', momentum: 0.5 },
        { kind: 'dense', units: 3, activation: 'none' },
      ],
    });
    const constant = {
      ...examples,
      copyInput: (_: number, into: Uint8Array, at: number) => into.fill(0, at, at + 20),
    };
    const { weights: trained } = engine.train(
      request(first, constant, { batchSize: 4, amount: { steps: 200 } }),
    );
    const variance = first.manifest.tensors.find(({ role }) => role === 'norm.var');
    const values = variance ? [...view(trained, variance)] : [];
    expect(Math.min(...values)).to.be.at.least(0);
    expect(Math.max(...values)).to.be.below(1e-11);
  });
});

describe('a batch of one', () => {
  const one = randomExamples(1, 5, 3, 4);
  const chance = () => [1, 2] as const;
  const sentence = "a step has a single example, and batch-norm2 takes the variance over a step's examples";

  it('is refused behind a dense layer, as a last batch too, and in a pass for a gradient', () => {
    const train = (fields: object) => () => engine.train(request(model, examples, { chance, ...fields }));
    expect(train({ examples: one, order: () => Uint32Array.of(0) })).to.throw(RangeError, sentence);
    expect(train({ batchSize: 1, amount: { epochs: 1 } })).to.throw(RangeError, sentence);
    expect(train({ batchSize: 19, amount: { epochs: 1 } })).to.throw(RangeError, sentence);
    expect(train({ batchSize: 9, amount: { epochs: 1 } })).not.to.throw();
    expect(() => engine.gradient(model, weights, one, [1, 2])).to.throw(RangeError, sentence);
  });

  it('is one like others where a channel has many values, as behind a convolution', () => {
    const images = buildModel({
      input: [4, 4, 1],
      layers: [
        { kind: 'conv2d', filters: 2, kernel: 3, stride: 1, padding: 'same', activation: 'none' },
        { kind: 'batch-norm', momentum: 0.9 },
        { kind: 'flatten' },
        { kind: 'dense', units: 3, activation: 'none' },
      ],
    });
    const pictures = randomExamples(4, 16, 3, 4);
    const shaped = { ...pictures, input: { ...pictures.input, shape: [4, 4, 1] } };
    const train = () => engine.train(request(images, shaped, { batchSize: 1, amount: { epochs: 1 } }));
    expect(train).not.to.throw();
  });

  it('is refused within residuals', () => {
    const inside = buildModel({
      input: [8],
      layers: [
        { kind: 'residual', layers: [{ kind: 'batch-norm', momentum: 0.9 }] },
        { kind: 'dense', units: 3, activation: 'none' },
      ],
    });
    const train = () => engine.train(request(inside, randomExamples(3, 8, 3, 4), { batchSize: 2 }));
    expect(train).to.throw(RangeError, 'residual1/batch-norm1 takes the variance');
  });
});
