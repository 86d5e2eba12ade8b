/** Dropout and batch norm: passes forward that differ while training. */
import { expect } from 'chai';
import { buildModel, wasmEngine, type Layer } from '../../../learning/index.js';
import { stream, twoIntegers } from '../../../numerics/index.js';
import { randomExamples, randomWeights, request } from './cases.js';

const engine = wasmEngine();
const dense = (units: number, activation: 'none' | 'relu' = 'none'): Layer => ({
  kind: 'dense',
  units,
  activation,
});
const chance = (seed: number) => (step: number) => twoIntegers(stream(seed, 'chance', step));

describe('dropout in WebAssembly', () => {
  const rate = 0.3;
  const layers: Layer[] = [{ kind: 'dropout', rate }, dense(2)];
  const model = buildModel({ input: [1000], layers });
  const weights = randomWeights(model, 1);
  const examples = randomExamples(4, 1000, 2, 1);
  /** After one step with all examples: the gradient of the kernel is 0 just where an input was dropped in each. */
  const wanted = request(model, examples, { weights, batchSize: 1, amount: { steps: 1 }, rate: () => 1 });
  const moved = (seed: number) => {
    const after = engine.train({ ...wanted, chance: chance(seed) }).weights;
    return Array.from({ length: 1000 }, (_, i) => after[2 * i] - weights[2 * i]);
  };
  const whole = (() => {
    const { weights: after } = engine.train({
      ...wanted,
      model: buildModel({ input: [1000], layers: [dense(2)] }),
    });
    return Array.from({ length: 1000 }, (_, i) => after[2 * i] - weights[2 * i]);
  })();

  it('drops at its rate, and makes the others as much larger', () => {
    const changes = moved(1);
    const kept = changes.filter((change) => change !== 0).length / 1000;
    expect(kept).to.be.closeTo(1 - rate, 0.05);
    // The derivative by the logits is one number, so kept inputs stand in the same ratio to the undropped run.
    const ratios = changes.map((change, i) => change / whole[i]).filter((ratio) => ratio !== 0);
    const middle = ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)];
    expect(ratios.filter((ratio) => Math.abs(ratio / middle - 1) < 0.01).length).to.be.above(
      0.95 * ratios.length,
    );
  });

  it('follows from the stream alone', () => {
    expect(moved(1)).to.deep.equal(moved(1));
    const [one, two] = [1, 2].map((seed) => moved(seed).map((change) => change !== 0));
    const both = one.filter((kept, i) => kept && two[i]).length / 1000;
    expect(both).to.be.closeTo((1 - rate) ** 2, 0.05);
  });

  it('does not depend on how a batch is divided into passes', () => {
    const wide = buildModel({
      input: [9],
      layers: [dense(20, 'relu'), { kind: 'dropout', rate: 0.5 }, dense(3)],
    });
    const many = randomExamples(150, 9, 3, 1);
    const all = request(wide, many, { batchSize: 'all', amount: { epochs: 2 }, chance: chance(3) });
    const once = engine.train(all).weights;
    expect(engine.train(all).weights).to.deep.equal(once);
    expect(engine.train({ ...all, chance: chance(4) }).weights).not.to.deep.equal(once);
    // Examples differ: the same ones in another order meet other masks.
    const [first, second] = [0, 1].map((at) =>
      engine.train({
        ...all,
        order: () => Uint32Array.from({ length: 150 }, (_, i) => (at === 0 ? i : 149 - i)),
        amount: { epochs: 1 },
      }),
    );
    expect(first.weights).not.to.deep.equal(second.weights);
  });

  it('leaves evaluations alone, and wants a stream', () => {
    const plain = buildModel({ input: [1000], layers: [dense(2)] });
    expect(engine.predict(model, weights, examples)).to.deep.equal(engine.predict(plain, weights, examples));
    expect(() => engine.train(wanted)).to.throw('no stream');
  });
});

describe('batch norm in WebAssembly', () => {
  const momentum = 0.8;
  const model = buildModel({ input: [3], layers: [{ kind: 'batch-norm', momentum }, dense(2)] });
  const examples = randomExamples(90, 3, 2, 1);
  const stored = Array.from({ length: 90 }, (_, i) => {
    const bytes = new Uint8Array(12);
    examples.copyInput(i, bytes, 0);
    return Array.from(new Float32Array(bytes.buffer), (x) => x * examples.input.scale);
  });
  const tensor = (name: string) => {
    const found = model.manifest.tensors.find((own) => own.name === `batch-norm1/${name}`);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const optimizer = { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0.1 } as const;

  it('keeps running statistics, by which it evaluates, and which no optimizer touches', () => {
    const wanted = request(model, examples, { batchSize: 'all', amount: { steps: 2 }, optimizer });
    const { weights } = engine.train(wanted);
    for (let c = 0; c < 3; c++) {
      const column = stored.map((row) => row[c]);
      const mean = column.reduce((a, b) => a + b, 0) / 90;
      const variance = column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 89;
      const after = (start: number, batch: number) => momentum ** 2 * start + (1 - momentum ** 2) * batch;
      const [startMean, startVariance] = ['mean', 'variance'].map(
        (name) => wanted.weights[tensor(name).offset + c],
      );
      expect(weights[tensor('mean').offset + c]).to.be.closeTo(after(startMean, mean), 1e-5);
      expect(weights[tensor('variance').offset + c]).to.be.closeTo(after(startVariance, variance), 1e-4);
    }
    const logits = engine.predict(model, weights, examples);
    const [scale, shift, mean, variance] = ['scale', 'shift', 'mean', 'variance'].map(
      (name) => tensor(name).offset,
    );
    const [kernel, bias] = model.manifest.tensors.slice(-2).map(({ offset }) => offset);
    const x = stored[7].map(
      (value, c) =>
        ((value - weights[mean + c]) / Math.sqrt(weights[variance + c] + 1e-5)) * weights[scale + c] +
        weights[shift + c],
    );
    const logit = x.reduce((sum, value, c) => sum + value * weights[kernel + 2 * c], weights[bias]);
    expect(logits[14]).to.be.closeTo(logit, 1e-5);
  });

  it('looks at whole batches, larger than others are passed at once', () => {
    const many = randomExamples(150, 3, 2, 2);
    const { gradient, loss } = engine.gradient(model, randomWeights(model, 1), many);
    expect(loss).to.be.above(0);
    expect(gradient[tensor('mean').offset]).to.equal(0);
    expect(gradient.every(Number.isFinite)).to.be.true;
  });

  it('that is frozen stands by its running statistics', () => {
    const wanted = request(model, examples, { batchSize: 'all', amount: { steps: 2 }, frozenLayers: 1 });
    const { weights } = engine.train(wanted);
    const end = tensor('variance').offset + 3;
    expect(weights.slice(0, end)).to.deep.equal(wanted.weights.slice(0, end));
  });
});
