/** Sums over examples that merges ask for: against closed forms and plain loops, and between the two engines. */
import { expect } from 'chai';
import type { Engine, Examples } from '../../learning/engine.js';
import { loadEngine } from '../../learning/host/index.js';
import {
  buildModel,
  inputGrams,
  models,
  unitStatistics,
  view,
  wasmEngine,
  type Model,
} from '../../learning/index.js';
import { perceptron, randomExamples, randomWeights } from './wasm/cases.js';

const wasm = wasmEngine();

/** Inputs as numbers, and the softmax of the logits. */
function inputsOf({ count, input, ...examples }: Examples, size: number): Float32Array[] {
  return Array.from({ length: count }, (_, index) => {
    const values = new Float32Array(size);
    examples.copyInput(index, new Uint8Array(values.buffer), 0);
    return values.map((x) => x * input.scale);
  });
}

function near(values: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(values.length).to.equal(expected.length);
  for (let i = 0; i < values.length; i++) expect(values[i], String(i)).to.be.closeTo(expected[i], tolerance);
}

describe('the diagonal Fisher information', () => {
  const model = perceptron(4, 3);
  const weights = randomWeights(model, 2);
  const examples = randomExamples(12, 4, 3, 5);
  const inputs = inputsOf(examples, 4);
  const logits = wasm.predict(model, weights, examples);
  const shares = inputs.map((_, m) => {
    const exponentials = Array.from(logits.subarray(3 * m, 3 * m + 3), Math.exp);
    return exponentials.map((e) => e / exponentials.reduce((a, b) => a + b));
  });
  /** Mean over examples of x_k² · square(p_n), with x = 1 for the bias. */
  const closedForm = (square: (share: number, m: number, n: number) => number) => {
    const [kernel, bias] = [new Float64Array(12), new Float64Array(3)];
    inputs.forEach((x, m) => {
      shares[m].forEach((share, n) => {
        bias[n] += square(share, m, n) / 12;
        x.forEach((number, k) => (kernel[3 * k + n] += (number * number * square(share, m, n)) / 12));
      });
    });
    return [...kernel, ...bias];
  };

  it('of logistic regression is x² p (1 − p), expected over the classes', () => {
    near(
      wasm.fisher(model, weights, examples, 'classes'),
      closedForm((p) => p * (1 - p)),
      1e-6,
    );
  });

  it('is x² (p − y)² for the labels', () => {
    const square = (p: number, m: number, n: number) => (p - (examples.label(m) === n ? 1 : 0)) ** 2;
    near(wasm.fisher(model, weights, examples, 'labels'), closedForm(square), 1e-6);
  });

  it('is the same in every bit where inputs that are mostly zero are taken as lists', () => {
    const sparse = randomExamples(30, 40, 3, 6, { type: 'uint8', density: 0.1 });
    const network = perceptron(40, 9, 3);
    const own = randomWeights(network, 1);
    const [lists, numbers] = [true, false].map((taken) =>
      wasmEngine({ sparse: taken }).fisher(network, own, sparse, 'classes'),
    );
    expect(lists).to.deep.equal(numbers);
  });

  it('of a model that predicts tokens is for labels only', () => {
    const text = buildModel(models.create({ kind: 'char-lstm', units: 3 }, { input: [4], classes: 5 }));
    const tokens = randomExamples(3, 4, 5, 1, { tokens: 5 });
    const own = randomWeights(text, 1);
    expect(wasm.fisher(text, own, tokens, 'labels')).to.have.length(own.length);
    expect(() => wasm.fisher(text, own, tokens, 'classes')).to.throw(RangeError, 'labels only');
  });
});

describe('Gram matrices of layers’ inputs', () => {
  it('are means of x xᵀ, with a 1 for the bias', () => {
    const model = perceptron(4, 5, 3);
    const examples = randomExamples(200, 4, 3, 5);
    const [first, second] = inputGrams(wasm, model, randomWeights(model, 1), examples);
    expect([first.name, first.size, second.name, second.size]).to.deep.equal(['dense1', 5, 'dense2', 6]);
    const inputs = inputsOf(examples, 4).map((x) => [...x, 1]);
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < 5; j++) {
        const mean = inputs.reduce((sum, x) => sum + x[i] * x[j], 0) / 200;
        expect(first.values[5 * i + j]).to.be.closeTo(mean, 1e-6);
      }
    }
    expect(second.values[35]).to.be.closeTo(1, 1e-12);
  });

  it('say what least squares on a convolution’s windows need', () => {
    // Σ over windows of (wᵀx + b)² is wᵀ G w, with the bias as the last weight.
    const model = buildModel({
      input: [5, 6, 2],
      layers: [
        { kind: 'conv2d', filters: 1, kernel: 3, stride: 2, padding: 'same', activation: 'none' },
        { kind: 'flatten' },
      ],
    });
    const examples = randomExamples(7, 60, 9, 3);
    const weights = randomWeights(model, 4);
    const [{ size, values }] = inputGrams(wasm, model, weights, examples);
    expect(size).to.equal(19);
    let form = 0;
    for (let i = 0; i < 19; i++)
      for (let j = 0; j < 19; j++) form += weights[i] * values[19 * i + j] * weights[j];
    const squares = wasm.predict(model, weights, examples).reduce((sum, y) => sum + y * y, 0);
    expect(form).to.be.closeTo(squares / 7, 1e-4);
  });
});

describe('statistics of units', () => {
  it('are means and variances before activations', () => {
    const model = perceptron(4, 5, 3);
    const weights = randomWeights(model, 1);
    const examples = randomExamples(150, 4, 3, 5);
    const [first] = unitStatistics(wasm, model, weights, examples);
    const [kernel, bias] = model.manifest.tensors.map((tensor) => view(weights, tensor));
    for (let unit = 0; unit < 5; unit++) {
      const values = inputsOf(examples, 4).map((x) =>
        x.reduce((sum, number, k) => sum + number * kernel[5 * k + unit], bias[unit]),
      );
      const mean = values.reduce((a, b) => a + b) / 150;
      expect(first.mean[unit]).to.be.closeTo(mean, 1e-6);
      const variance = values.reduce((sum, z) => sum + (z - mean) ** 2, 0) / 150;
      expect(first.variance[unit]).to.be.closeTo(variance, 1e-5);
    }
  });
});

describe('sums over examples, by the wasm engine and by TensorFlow.js', () => {
  const image = randomExamples(20, 64, 4, 3, { type: 'uint8', density: 0.4 });
  const cases: Record<string, [Model, Examples]> = {
    'a perceptron': [perceptron(9, 7, 6, 4), randomExamples(20, 9, 4, 3)],
    convolutions: [
      buildModel({
        input: [8, 8, 1],
        layers: [
          { kind: 'conv2d', filters: 3, kernel: 3, stride: 1, padding: 'same', activation: 'relu' },
          { kind: 'pool', pooling: 'max', kernel: 2, padding: 'valid' },
          { kind: 'conv2d', filters: 9, kernel: 3, stride: 1, padding: 'valid', activation: 'tanh' },
          { kind: 'dense', units: 4, activation: 'none' },
        ],
      }),
      { ...image, input: { ...image.input, shape: [8, 8, 1] } },
    ],
    'an LSTM, and a layer on its sequence': [
      buildModel({
        input: [6],
        layers: [
          { kind: 'embedding', vocabulary: 7, width: 3 },
          { kind: 'lstm', units: 5, returns: 'sequence' },
          { kind: 'dense', units: 7, activation: 'none' },
        ],
      }),
      randomExamples(20, 6, 7, 5, { tokens: 7 }),
    ],
  };
  let tfjs: Engine;
  before(async () => {
    tfjs = await loadEngine({ kind: 'tfjs', backend: 'wasm' });
  });

  for (const [name, [model, examples]] of Object.entries(cases)) {
    it(`are the same: ${name}`, () => {
      const weights = randomWeights(model, 2);
      const [fisher, theirs] = [wasm, tfjs].map((engine) =>
        engine.fisher(model, weights, examples, 'labels'),
      );
      near(fisher, theirs, 1e-6);
      const [grams, others] = [wasm, tfjs].map((engine) => inputGrams(engine, model, weights, examples));
      expect(grams).to.have.length(others.length);
      grams.forEach(({ values }, l) => {
        near(values, others[l].values, 1e-4);
      });
      const [units, same] = [wasm, tfjs].map((engine) => unitStatistics(engine, model, weights, examples));
      units.forEach(({ mean, variance }, l) => {
        near(mean, same[l].mean, 1e-5);
        near(variance, same[l].variance, 1e-5);
      });
    });
  }
});
