import { expect } from 'chai';
import type { TrainRequest } from '../../../learning/engine.js';
import { wasmEngine } from '../../../learning/index.js';
import { perceptron, randomExamples, randomVector, request } from './cases.js';
import { float32, float64, referenceTrain } from './reference.js';

const engine = wasmEngine();
const model = perceptron(13, 11, 9, 3);
const examples = randomExamples(47, 13, 3, 3);
const sgd = { kind: 'sgd' as const, momentum: 0, nesterov: false, weightDecay: 0 };
const anchor = randomVector(model.manifest.length, 7);
const linear = randomVector(model.manifest.length, 8, 0.1);
const velocity = randomVector(model.manifest.length, 9, 0.1);
const carriedOver = { steps: 3, moments: { velocity } };
const adam = { kind: 'adam' as const, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
const adamState = {
  steps: 7,
  moments: { firstMoment: velocity, secondMoment: velocity.map((x) => x * x) },
};

/** What a request changes of plain SGD with batches of 10, the last of 7. */
const variants: Record<string, Partial<TrainRequest>> = {
  'plain SGD': {},
  'one example a step': { batchSize: 1 },
  'batches above 16': { batchSize: 23 },
  'all examples a step, three epochs': { batchSize: 'all', amount: { epochs: 3 } },
  'a number of steps': { amount: { steps: 8 } },
  momentum: { optimizer: { ...sgd, momentum: 0.9 } },
  'momentum carried over': { optimizer: { ...sgd, momentum: 0.9 }, optimizerState: carriedOver },
  "Nesterov's momentum": { optimizer: { ...sgd, momentum: 0.9, nesterov: true } },
  'weight decay': { optimizer: { ...sgd, weightDecay: 0.01 } },
  'a proximal term': { proximal: { mu: 0.1, anchor } },
  'a linear term': { linear },
  'a clip that always acts': { clip: 0.1 },
  'a clip that never acts': { clip: 1000 },
  'one frozen layer': { frozenLayers: 1 },
  'two frozen layers and clip': { frozenLayers: 2, clip: 0.1, optimizer: { ...sgd, momentum: 0.5 } },
  'nothing but frozen layers': { frozenLayers: 3, clip: 0.1 },
  Adam: { optimizer: adam, rate: () => 0.01, amount: { epochs: 2 } },
  'Adam carried over, with decay': {
    optimizer: { ...adam, weightDecay: 0.01 },
    optimizerState: adamState,
    batchSize: 'all',
  },
  AdamW: { optimizer: { ...adam, kind: 'adamw', weightDecay: 0.1 }, optimizerState: adamState },
  'AdamW, clipped, with all terms and a frozen layer': {
    optimizer: { kind: 'adamw', beta1: 0.8, beta2: 0.9, epsilon: 1e-3, weightDecay: 0.1 },
    proximal: { mu: 0.1, anchor },
    linear,
    clip: 0.1,
    frozenLayers: 1,
  },
  everything: {
    optimizer: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 },
    optimizerState: carriedOver,
    proximal: { mu: 0.1, anchor },
    linear,
    clip: 0.2,
    amount: { epochs: 2 },
  },
};

describe('training in WebAssembly', () => {
  for (const [name, changes] of Object.entries(variants)) {
    const wanted = request(model, examples, changes);

    it(`agrees with float64: ${name}`, () => {
      const result = engine.train(wanted);
      const reference = referenceTrain(wanted, float64);
      expect(result.steps).to.equal(reference.steps);
      expect(result.loss).to.be.closeTo(reference.loss, 1e-5);
      result.weights.forEach((w, i) => expect(w).to.be.closeTo(reference.weights[i], 2e-5));
      for (const [moment, values] of Object.entries(reference.moments)) {
        const own = result.optimizerState?.moments[moment];
        values.forEach((v, i) => expect(own?.[i]).to.be.closeTo(v, 2e-5));
      }
    });

    it(`equals a scalar loop in float32 in every bit: ${name}`, () => {
      const result = engine.train(wanted);
      const reference = referenceTrain(wanted, float32);
      expect(result.loss).to.equal(reference.loss);
      expect(result.weights).to.deep.equal(Float32Array.from(reference.weights));
      for (const [moment, values] of Object.entries(reference.moments)) {
        expect(result.optimizerState?.moments[moment]).to.deep.equal(Float32Array.from(values));
      }
    });
  }
});

describe('a training request', () => {
  it('leaves what it was given as it was', () => {
    const wanted = request(model, examples, {
      optimizerState: carriedOver,
      optimizer: { ...sgd, momentum: 0.9 },
    });
    const [weights, carried] = [wanted.weights.slice(), velocity.slice()];
    engine.train(wanted);
    expect(wanted.weights).to.deep.equal(weights);
    expect(velocity).to.deep.equal(carried);
  });

  for (const optimizer of [{ ...sgd, momentum: 0.9 }, adam]) {
    it(`continued from its cursor gives the same bits as in one go: ${optimizer.kind}`, () => {
      const settings = { optimizer, rate: () => 0.1 };
      const whole = engine.train(request(model, examples, { ...settings, amount: { epochs: 3 } }));
      let part = engine.train(request(model, examples, { ...settings, amount: { steps: 4 } }));
      expect(part.cursor).to.deep.equal({ epoch: 0, position: 40 });
      for (const amount of [{ steps: 1 }, { epochs: 1 }, { steps: 3 }, { epochs: 1 }]) {
        const { weights, optimizerState, cursor } = part;
        if (optimizerState === undefined) throw new Error('momentum without a state');
        part = engine.train(
          request(model, examples, { ...settings, weights, optimizerState, cursor, amount }),
        );
      }
      expect(part.cursor).to.deep.equal({ epoch: 3, position: 0 });
      expect(part.optimizerState?.steps).to.equal(15);
      expect(part.weights).to.deep.equal(whole.weights);
      expect(part.optimizerState).to.deep.equal(whole.optimizerState);
    });
  }

  it('has the same result from a used engine as from a new one', () => {
    const wanted = request(model, examples, { optimizer: { ...sgd, momentum: 0.9 }, clip: 0.1 });
    const big = perceptron(50, 40, 20);
    const used = wasmEngine();
    used.train(request(big, randomExamples(30, 50, 20, 3), { clip: 1 }));
    expect(used.train(wanted)).to.deep.equal(wasmEngine().train(wanted));
  });

  it('does not depend on how many examples are copied in at a time', () => {
    const small = perceptron(4, 3);
    const many = randomExamples(2500, 4, 3, 3);
    for (const batchSize of [60, 1030, 'all'] as const) {
      const wanted = request(small, many, { batchSize });
      expect(engine.train(wanted).weights).to.deep.equal(
        Float32Array.from(referenceTrain(wanted, float32).weights),
      );
    }
  });

  it('of no steps gives the weights back', () => {
    const wanted = request(model, examples, { amount: { steps: 0 } });
    const { weights, steps, cursor, loss } = engine.train(wanted);
    expect(weights).to.deep.equal(wanted.weights);
    expect({ steps, cursor, loss }).to.deep.equal({ steps: 0, cursor: { epoch: 0, position: 0 }, loss: 0 });
  });

  it('that diverges has a loss that is not a number, and one kind of NaN', () => {
    const { weights, loss } = engine.train(request(model, examples, { rate: () => 1e30 }));
    expect(loss).to.be.NaN;
    const kinds = new Set(new Uint32Array(weights.buffer).filter((_, i) => Number.isNaN(weights[i])));
    expect([...kinds]).to.deep.equal([0x7fc00000]);
  });

  const complaints: [string, Partial<TrainRequest>][] = [
    ['the model has 292 weights, but weights has 3 numbers', { weights: new Float32Array(3) }],
    [
      'but velocity has 3 numbers',
      {
        optimizer: { ...sgd, momentum: 0.9 },
        optimizerState: { steps: 1, moments: { velocity: new Float32Array(3) } },
      },
    ],
    [
      "'adam' keeps firstMoment, which optimizerState lacks",
      { optimizer: adam, optimizerState: carriedOver },
    ],
    [
      'optimizerState.steps must be a whole number from 0 on, not -1',
      { optimizerState: { steps: -1, moments: {} } },
    ],
    ['but proximal.anchor has 3 numbers', { proximal: { mu: 1, anchor: new Float32Array(3) } }],
    ['but linear has 3 numbers', { linear: new Float32Array(3) }],
    ['there are no examples', { examples: { ...examples, count: 0 } }],
    [
      'example 0 has the label 3',
      { examples: { ...examples, label: () => 3 }, order: (): Uint32Array => new Uint32Array(47) },
    ],
    ["batchSize must be a whole number from 1 on, or 'all', not 0", { batchSize: 0 }],
    ['amount.epochs must be a whole number from 0 on, not 0.5', { amount: { epochs: 0.5 } }],
    ['amount.steps must be a whole number from 0 on, not -1', { amount: { steps: -1 } }],
    ['clip must be a positive norm, not 0', { clip: 0 }],
    ['frozenLayers must be a whole number from 0 to 3, not 4', { frozenLayers: 4 }],
    ['(epoch 0, position 48) is not a place in epochs of 47', { cursor: { epoch: 0, position: 48 } }],
    ['the order of epoch 0 names 2 examples, but there are 47', { order: () => new Uint32Array(2) }],
  ];
  for (const [sentence, changes] of complaints) {
    it(`that does not fit is refused: ${sentence}`, () => {
      expect(() => engine.train(request(model, examples, changes))).to.throw(RangeError, sentence);
    });
  }
});
