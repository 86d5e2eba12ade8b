import { expect } from 'chai';
import type { TrainRequest } from '../../../learning/engine.js';
import { wasmEngine } from '../../../learning/index.js';
import { perceptron, randomExamples, randomVector, randomWeights, request } from './cases.js';
import { float32, referenceTrain } from './reference.js';

const [automatic, dense] = [wasmEngine(), wasmEngine({ sparse: false })];
const sgd = { kind: 'sgd' as const, momentum: 0, nesterov: false, weightDecay: 0 };
const shapes = [
  [5, 3],
  [16, 8, 4],
  [49, 90, 10],
  [100, 43, 21, 10],
];

describe('sparse inputs', () => {
  for (const widths of shapes) {
    const model = perceptron(...widths);
    const classes = widths[widths.length - 1];
    const linear = randomVector(model.manifest.length, 8, 0.1);
    const variants: Record<string, Partial<TrainRequest>> = {
      'plain SGD': {},
      'batches above 64': { batchSize: 70 },
      'all at once': { batchSize: 'all', amount: { epochs: 2 } },
      momentum: { optimizer: { ...sgd, momentum: 0.9 } },
      'a linear term and clip': { linear, clip: 0.1 },
      'a frozen layer': { frozenLayers: 1 },
    };
    for (const density of [0, 0.03, 0.25]) {
      const examples = randomExamples(83, widths[0], classes, 6, { type: 'uint8', density });
      for (const [name, changes] of Object.entries(variants)) {
        it(`train a ${widths.join('-')} perceptron as dense ones do, ${density} not zero: ${name}`, () => {
          const wanted = request(model, examples, {
            ...changes,
            weights: signedZeros(model.manifest.length),
          });
          const result = automatic.train(wanted);
          expect(bits(result.weights)).to.deep.equal(bits(dense.train(wanted).weights));
          expect(bits(result.weights)).to.deep.equal(
            bits(Float32Array.from(referenceTrain(wanted, float32).weights)),
          );
        });
      }

      it(`give a ${widths.join('-')} perceptron the same gradient, logits and losses, ${density} not zero`, () => {
        const weights = randomWeights(model, 3);
        expect(automatic.gradient(model, weights, examples)).to.deep.equal(
          dense.gradient(model, weights, examples),
        );
        expect(automatic.predict(model, weights, examples)).to.deep.equal(
          dense.predict(model, weights, examples),
        );
        expect(automatic.evaluate(model, weights, examples)).to.deep.equal(
          dense.evaluate(model, weights, examples),
        );
      });
    }
  }

  it('diverge in the same bits', () => {
    const model = perceptron(40, 20, 3);
    const examples = randomExamples(60, 40, 3, 6, { type: 'uint8', density: 0.1 });
    for (const rate of [1e3, 1e10, 1e20, 1e30]) {
      const wanted = request(model, examples, { rate: () => rate });
      const [a, b] = [automatic, dense].map((engine) => engine.train(wanted));
      expect(bits(a.weights)).to.deep.equal(bits(b.weights));
      expect(a.loss).to.deep.equal(b.loss);
    }
    const weights = randomWeights(model, 3);
    weights[7] = Infinity;
    const [a, b] = [automatic, dense].map((engine) => engine.predict(model, weights, examples));
    expect(bits(a)).to.deep.equal(bits(b));
  });
});

const bits = (values: Float32Array) => new Uint32Array(values.buffer, values.byteOffset, values.length);

/** Random numbers, a third of them zeros of either sign. */
const signedZeros = (length: number) =>
  randomVector(length, 4, 0.5).map((value, i) => (i % 3 === 0 ? 0 * value : value));
