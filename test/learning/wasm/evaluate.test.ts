import { expect } from 'chai';
import { buildModel, wasmEngine, type Examples } from '../../../learning/index.js';
import { perceptron, randomExamples, randomWeights } from './cases.js';
import { float32, referenceBackward } from './reference.js';

const engine = wasmEngine();
const model = perceptron(13, 11, 9, 3);
const weights = randomWeights(model, 2);

describe('evaluation in WebAssembly', () => {
  for (const type of ['uint8', 'float32'] as const) {
    it(`gives the logits, losses and hits of ${type} inputs in every bit`, () => {
      const examples = randomExamples(130, 13, 3, 5, { type, shift: -0.25 });
      const all = Array.from({ length: examples.count }, (_, i) => i);
      const reference = referenceBackward(model, weights, { examples }, all, float32);
      const { correct, lossSum, count } = engine.evaluate(model, weights, examples);
      expect(engine.predict(model, weights, examples)).to.deep.equal(
        Float32Array.from(reference.logits.flat()),
      );
      expect(count).to.equal(130);
      expect(lossSum).to.equal(reference.losses.reduce((a, b) => a + b, 0));
      const hits = reference.logits.filter((row, i) => row.indexOf(Math.max(...row)) === examples.label(i));
      expect(correct).to.equal(hits.length);
    });
  }

  it('adds up over parts', () => {
    const examples = randomExamples(130, 13, 3, 5);
    const whole = engine.evaluate(model, weights, examples);
    const parts = [0, 1, 60, 61, 130]
      .slice(1)
      .map((to, i) => engine.evaluate(model, weights, examples, [0, 1, 60, 61][i], to));
    expect(parts.reduce((sum, part) => sum + part.correct, 0)).to.equal(whole.correct);
    expect(parts.reduce((sum, part) => sum + part.count, 0)).to.equal(130);
    expect(parts.reduce((sum, part) => sum + part.lossSum, 0)).to.be.closeTo(whole.lossSum, 1e-9);
    expect(engine.evaluate(model, weights, examples, 7, 7)).to.deep.equal({
      correct: 0,
      lossSum: 0,
      count: 0,
    });
  });

  it('gives a tie to the lowest class', () => {
    const ties = (label: number): Examples => ({ ...randomExamples(4, 13, 3, 5), label: () => label });
    const zeros = new Float32Array(model.manifest.length);
    expect([0, 1, 2].map((label) => engine.evaluate(model, zeros, ties(label)).correct)).to.deep.equal([
      4, 0, 0,
    ]);
    expect(engine.evaluate(model, zeros, ties(1)).lossSum).to.be.closeTo(4 * Math.log(3), 1e-6);
  });

  it('says what does not fit', () => {
    const examples = randomExamples(5, 13, 3, 5);
    expect(() => engine.evaluate(model, weights.subarray(1), examples)).to.throw(
      RangeError,
      'the model has 292 weights, but weights has 291 numbers',
    );
    expect(() => engine.evaluate(model, weights, examples, 2, 6)).to.throw(
      'examples 2 to 6 are not a part of 5',
    );
    expect(() => engine.evaluate(model, weights, randomExamples(5, 12, 3, 5))).to.throw(
      'the examples have inputs of shape [12], the model takes [13]',
    );
    expect(() => engine.evaluate(model, weights, { ...examples, label: () => 3 })).to.throw(
      'example 0 has the label 3, but the model has 3 classes (0 to 2)',
    );
    const relu = buildModel({ input: [13], layers: [{ kind: 'dense', units: 3, activation: 'relu' }] });
    expect(() => engine.evaluate(relu, new Float32Array(42), examples)).to.throw("needs activation 'none'");
    expect(() =>
      engine.evaluate(buildModel({ input: [13], layers: [] }), new Float32Array(0), examples),
    ).to.throw('the model has no layers');
  });
});
