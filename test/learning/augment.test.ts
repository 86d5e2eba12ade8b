/** Inputs that change from epoch to epoch: both engines train on what they have become. */
import { expect } from 'chai';
import { loadEngine } from '../../learning/host/index.js';
import { wasmEngine, type Transform, type Examples } from '../../learning/index.js';
import { perceptron, randomExamples, request } from './wasm/cases.js';

const model = perceptron(12, 7, 3);
const examples = randomExamples(20, 12, 3, 3, { type: 'uint8' });

/** Another change of every example in every epoch. */
const augment =
  (epoch: number): Transform =>
  (input, index) => {
    input.fill(0, index % 12);
    input[epoch] = 200;
  };

describe('training on inputs that change', () => {
  const wanted = request(model, examples, { augment, amount: { epochs: 3 }, batchSize: 6 });

  it('takes each epoch’s examples as they are then', () => {
    const result = wasmEngine().train(wanted);
    let { weights } = wanted;
    for (let epoch = 0; epoch < 3; epoch++) {
      const written: Examples = {
        ...examples,
        copyInput(index, into, at) {
          examples.copyInput(index, into, at);
          augment(epoch)(into.subarray(at, at + 12), index);
        },
      };
      ({ weights } = wasmEngine().train({
        ...request(model, written, { batchSize: 6 }),
        weights,
        order: () => wanted.order(epoch),
        rate: (step) => wanted.rate(4 * epoch + step),
      }));
    }
    expect(result.weights).to.deep.equal(weights);
    const { augment: _, ...plain } = wanted;
    expect(wasmEngine().train(plain).weights).not.to.deep.equal(weights);
  });

  it('does so on TensorFlow.js too', async () => {
    const [ours, theirs] = [wasmEngine(), await loadEngine({ kind: 'tfjs', backend: 'cpu' })].map((engine) =>
      engine.train(wanted),
    );
    ours.weights.forEach((w, i) => {
      expect(w).to.be.closeTo(theirs.weights[i], 1e-5);
    });
  });
});
