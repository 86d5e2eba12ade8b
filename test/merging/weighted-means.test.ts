/** The averaging rules: by hand, and against sums in float64. */
import { expect } from 'chai';
import fc from 'fast-check';
import { mergeRules, type Contribution, type MergeInput } from '../../merging/index.js';
import type { Choice } from '../../registry/index.js';
import { bits, contextOf, mixed, randomModels, vector } from './models.js';

const model = (weights: number[], samples = 1, age = 0): Contribution => ({
  weights: Float32Array.from(weights),
  samples,
  age,
});
const merge = (choice: Choice, input: MergeInput) =>
  mergeRules.create(choice, contextOf(vector(input.received[0].weights.length))).merge(input);
const weightsOf = (choice: Choice, input: MergeInput) => [...merge(choice, input).weights];

/** Σ cᵢ · uᵢ / Σ cᵢ in float64. */
function reference(models: readonly Contribution[], coefficients: readonly number[]): number[] {
  const total = coefficients.reduce((sum, c) => sum + c, 0);
  return Array.from(models[0].weights, (_, i) =>
    models.reduce((sum, { weights }, k) => sum + (coefficients[k] / total) * weights[i], 0),
  );
}

function expectClose(actual: Float32Array, expected: readonly number[], scale: number): void {
  const worst = expected.reduce((most, x, i) => Math.max(most, Math.abs(x - actual[i])), 0);
  expect(worst).to.be.below(1e-6 * scale);
}

describe('mean', () => {
  it('counts the own model as one among the received, or with the share that is set', () => {
    const input = { own: model([0, 3]), received: [model([3, 0]), model([6, 9])] };
    expect(weightsOf({ kind: 'mean' }, input)).to.deep.equal([3, 4]);
    expect(weightsOf({ kind: 'mean', share: 0.5 }, input)).to.deep.equal([2.25, 3.75]);
    expect(weightsOf({ kind: 'mean', share: 0.5 }, { ...input, share: 0 })).to.deep.equal([4.5, 4.5]);
    expect(weightsOf({ kind: 'mean' }, { ...input, share: 1 })).to.deep.equal([0, 3]);
    expect(() => merge({ kind: 'mean' }, { ...input, share: 1.5 })).to.throw('from 0 to 1, not 1.5');
  });

  it('has no own model at a server', () => {
    expect(weightsOf({ kind: 'mean', share: 0.5 }, { received: [model([3]), model([6])] })).to.deep.equal([
      4.5,
    ]);
  });

  it('is that of float64 sums, with the oldest age', () => {
    const [own, ...received] = randomModels(mixed, 8);
    const merged = mergeRules.create({ kind: 'mean' }, contextOf(mixed)).merge({ own, received });
    expectClose(merged.weights, reference([own, ...received], new Array<number>(8).fill(1)), 1);
    expect(merged.age).to.equal(21);
  });

  it('of the same models in another order differs by rounding only', () => {
    const received = randomModels(mixed, 6);
    const rule = mergeRules.create({ kind: 'mean' }, contextOf(mixed));
    const { weights } = rule.merge({ received });
    fc.assert(
      fc.property(fc.shuffledSubarray(received, { minLength: 6 }), (shuffled) => {
        expectClose(rule.merge({ received: shuffled }).weights, [...weights], 0.5);
      }),
      { numRuns: 20 },
    );
  });

  it('of a model with itself is that model, to a rounding', () => {
    const number = fc.float({ noNaN: true, min: -1000, max: 1000 });
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        (u, n) => {
          const received = Array.from({ length: n }, () => model(u));
          const merged = merge({ kind: 'mean' }, { own: model(u), received }).weights;
          merged.forEach((y, i) => expect(Math.abs(y - u[i])).to.be.at.most(1e-6 * Math.abs(u[i]) + 1e-44));
        },
      ),
    );
  });
});

describe('sample-weighted mean', () => {
  it('weighs by examples, also the own model', () => {
    const received = [model([4], 3), model([8], 4)];
    expect(weightsOf({ kind: 'sample-weighted' }, { own: model([0], 1), received })).to.deep.equal([5.5]);
    const [own, ...others] = randomModels(mixed, 5);
    const merged = mergeRules.create({ kind: 'sample-weighted' }, contextOf(mixed));
    expectClose(
      merged.merge({ own, received: others }).weights,
      reference(
        [own, ...others],
        [own, ...others].map(({ samples }) => samples),
      ),
      1,
    );
  });

  it('leaves out models without examples, and is the plain mean where none has any', () => {
    const received = [model([4], 0), model([8], 2)];
    expect(weightsOf({ kind: 'sample-weighted' }, { received })).to.deep.equal([8]);
    const none = [model([4], 0), model([8], 0)];
    expect(weightsOf({ kind: 'sample-weighted' }, { own: model([0], 0), received: none })).to.deep.equal([4]);
    expect(weightsOf({ kind: 'sample-weighted' }, { own: model([1], 5), received: none })).to.deep.equal([1]);
  });

  it('refuses negative numbers of examples', () => {
    expect(() => merge({ kind: 'sample-weighted' }, { received: [model([4], -1)] })).to.throw(
      'finite number from 0 on, not -1',
    );
  });
});

describe('age-weighted mean', () => {
  it('is (age · w + age′ · w′) / (age + age′), and takes the larger age', () => {
    const merged = merge({ kind: 'age-weighted' }, { own: model([0], 1, 3), received: [model([8], 1, 1)] });
    expect([...merged.weights]).to.deep.equal([2]);
    expect(merged.age).to.equal(3);
  });

  it('is the plain mean of models that were never updated', () => {
    const merged = merge({ kind: 'age-weighted' }, { own: model([0]), received: [model([8])] });
    expect([...merged.weights]).to.deep.equal([4]);
    expect(merged.age).to.equal(0);
  });

  it('says so where the protocol counts no updates', () => {
    const ageless = { weights: Float32Array.of(1), samples: 1 };
    expect(() => merge({ kind: 'age-weighted' }, { received: [ageless] })).to.throw('count updates');
  });
});

describe('limited merge', () => {
  const choice = { kind: 'limited', limit: 1 };
  it('averages by age up to the limit, and beyond it keeps the model of more updates', () => {
    const own = model([0], 1, 3);
    expect(weightsOf(choice, { own, received: [model([7], 1, 4)] })).to.deep.equal([4]);
    expect(weightsOf(choice, { own, received: [model([7], 1, 2)] })[0]).to.be.closeTo(2.8, 1e-6);
    expect(weightsOf(choice, { own, received: [model([7], 1, 5)] })).to.deep.equal([7]);
    expect(weightsOf(choice, { own, received: [model([7], 1, 1)] })).to.deep.equal([0]);
  });

  it('compares several with the newest, and counts who is left out', () => {
    const received = [model([6], 1, 9), model([9], 1, 2), model([0], 1, 9)];
    const merged = merge(choice, { own: model([100], 1, 5), received });
    expect([...merged.weights]).to.deep.equal([3]);
    expect(merged.age).to.equal(9);
    expect(merged.report.counts).to.deep.equal({ leftOut: 2 });
  });
});

describe('coordinates that only some messages carry', () => {
  it('are averaged on that part alone', () => {
    const rule = mergeRules.create({ kind: 'mean' }, contextOf(vector(4)));
    const own = model([0, 0, 0, 0]);
    const range = { ...model([2, 4]), part: { start: 1, end: 3 } };
    expect([...rule.merge({ own, received: [range] }).weights]).to.deep.equal([0, 1, 2, 0]);
    const list = { ...model([2, 4]), part: { coordinates: Uint32Array.of(0, 3) } };
    expect([...rule.merge({ own, received: [list] }).weights]).to.deep.equal([1, 0, 0, 2]);
    const both = rule.merge({ own, received: [range, list, { ...range, weights: Float32Array.of(7, 8) }] });
    expect([...both.weights]).to.deep.equal([1, 3, 4, 2]);
    expect(bits(rule.merge({ base: own.weights, received: [range] }).weights)).to.equal(
      bits(Float32Array.of(0, 2, 4, 0)),
    );
  });

  it('must be the model’s, in ascending order, and have something to go into', () => {
    const rule = mergeRules.create({ kind: 'mean' }, contextOf(vector(4)));
    const own = model([0, 0, 0, 0]);
    const take = (part: { start: number; end: number } | { coordinates: Uint32Array }) =>
      rule.merge({ own, received: [{ ...model([1, 1]), part }] });
    expect(() => take({ start: 3, end: 5 })).to.throw('[3, 5) does not lie within a model of 4');
    expect(() => take({ coordinates: Uint32Array.of(2, 1) })).to.throw('number 2 is 1');
    expect(() => take({ coordinates: Uint32Array.of(2, 4) })).to.throw('number 2 is 4');
    const received = [{ ...model([1, 1]), part: { start: 0, end: 2 } }];
    expect(() => rule.merge({ received })).to.throw('own model or onto a base');
  });
});
