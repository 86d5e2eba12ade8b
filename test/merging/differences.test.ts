/** Rules on differences from a base: hand-computed cases and identities. */
import { expect } from 'chai';
import fc from 'fast-check';
import { mergeRules, type Contribution, type MergeInput } from '../../merging/index.js';
import { kthLargest } from '../../merging/kth-largest.js';
import { layOut } from '../../learning/index.js';
import { stream } from '../../numerics/index.js';
import type { Choice } from '../../registry/index.js';
import { contextOf, mixed, randomModel, randomModels, vector } from './models.js';

const model = (...weights: number[]): Contribution => ({ weights: Float32Array.from(weights), samples: 1 });
const merge = (choice: Choice, input: Omit<MergeInput, 'received'> & { received: readonly Contribution[] }) =>
  mergeRules.create(choice, contextOf(vector(input.received[0].weights.length))).merge(input);
const weightsOf = (choice: Choice, base: readonly number[], received: readonly Contribution[]) => [
  ...merge(choice, { base: Float32Array.from(base), received }).weights,
];

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-6): void {
  expect(actual.length).to.equal(expected.length);
  const worst = Array.from(expected, (x, i) => Math.abs(x - actual[i])).reduce((a, b) => Math.max(a, b), 0);
  expect(worst).to.be.at.most(tolerance);
}

describe('the k-th largest', () => {
  it('is that of sorting, also among equal and infinite numbers', () => {
    const number = fc.oneof(fc.constantFrom(0, 1, Infinity), fc.double({ noNaN: true }));
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 60 }), fc.nat(), (values, draw) => {
        const k = 1 + (draw % values.length);
        const sorted = Float64Array.from(values).sort();
        expect(kthLargest(Float64Array.from(values), k) === sorted[values.length - k]).to.equal(true);
      }),
    );
  });
});

describe('Model Stock', () => {
  it('is the mean where the models agree, the base where they are at right angles or opposed', () => {
    const ratio = (received: readonly Contribution[]) => {
      const merged = merge({ kind: 'model-stock' }, { base: Float32Array.of(1, 1), received });
      return [...merged.weights, merged.report.figures['ratio/w']];
    };
    expect(ratio([model(3, 3), model(2, 2)])).to.deep.equal([2.5, 2.5, 1]);
    expect(ratio([model(3, 1), model(1, 5)])).to.deep.equal([1, 1, 0]);
    expect(ratio([model(3, 1), model(-1, 1)])).to.deep.equal([1, 1, 0]);
    expect(ratio([model(1, 1), model(1, 1)])).to.deep.equal([1, 1, 0]);
  });

  it('of two models at 60° goes t = 2c / (1 + c) = 2/3 of the way, of three of mean cosine ½ 3/4', () => {
    const [a, b] = [model(2, 0), model(1, Math.sqrt(3))];
    expectClose(weightsOf({ kind: 'model-stock' }, [0, 0], [a, b]), [1, Math.sqrt(3) / 3]);
    const three = [model(1, 1, 0), model(1, 0, 1), model(0, 1, 1)];
    expectClose(weightsOf({ kind: 'model-stock' }, [0, 0, 0], three), [0.5, 0.5, 0.5]);
  });

  it('is set tensor by tensor', () => {
    const manifest = layOut([
      { name: 'agree', shape: [2], role: 'weight' },
      { name: 'orthogonal', shape: [2], role: 'bias' },
    ]);
    const rule = mergeRules.create({ kind: 'model-stock' }, contextOf(manifest));
    const received = [model(1, 1, 1, 0), model(3, 3, 0, 1)];
    const merged = rule.merge({ base: new Float32Array(4), received });
    expect([...merged.weights]).to.deep.equal([2, 2, 0, 0]);
    expect(merged.report.figures).to.deep.equal({ 'ratio/agree': 1, 'ratio/orthogonal': 0 });
  });

  it('needs a base and two models', () => {
    expect(() => merge({ kind: 'model-stock' }, { received: [model(1), model(2)] })).to.throw(
      'it was given none',
    );
    expect(() => weightsOf({ kind: 'model-stock' }, [0], [model(1)])).to.throw('two or more');
  });
});

describe('task arithmetic', () => {
  it('adds λ times the sum of the differences', () => {
    const received = [model(2, 1), model(1, 4)];
    expect(weightsOf({ kind: 'task-arithmetic', scale: 0.5 }, [1, 1], received)).to.deep.equal([1.5, 2.5]);
    expect(weightsOf({ kind: 'task-arithmetic', scale: 1 }, [1, 1], received)).to.deep.equal([2, 4]);
  });

  it('with λ = 1/K is the mean, whatever the base', () => {
    const [own, ...received] = randomModels(mixed, 6);
    const base = randomModel(mixed, 77).weights;
    const input = { own, received, base };
    const mean = mergeRules.create({ kind: 'mean' }, contextOf(mixed)).merge(input);
    const merged = mergeRules.create({ kind: 'task-arithmetic' }, contextOf(mixed)).merge(input);
    expectClose(merged.weights, mean.weights);
  });
});

describe('TIES', () => {
  it('trims, elects the sign of the sum, and averages those of that sign', () => {
    const base = [10, 10, 10, 10, 10];
    const received = [model(15, 6, 11, 10.5, 13), model(13, 15, 10.2, 10, 6), model(10.1, 10, 7, 12, 14)];
    // Differences kept of density 0.4: (5, −4, ·, ·, ·), (·, 5, ·, ·, −4), (·, ·, −3, ·, 4).
    expectClose(weightsOf({ kind: 'ties', density: 0.4 }, base, received), [15, 15, 7, 10, 10]);
    expectClose(
      weightsOf({ kind: 'ties', density: 0.4, scale: 0.5 }, base, received),
      [12.5, 12.5, 8.5, 10, 10],
    );
    // All are kept: sums 8.1, 1, −1.8, 2.5, 3.
    const all = [10 + 8.1 / 3, 15, 7, 11.25, 13.5];
    expectClose(weightsOf({ kind: 'ties', density: 1 }, base, received), all);
  });

  it('of one model keeps its largest differences', () => {
    const { weights } = randomModel(mixed, 3);
    const base = new Float32Array(mixed.length);
    const rule = mergeRules.create({ kind: 'ties', density: 0.1 }, contextOf(mixed));
    const merged = rule.merge({ base, received: [{ weights, samples: 1 }] }).weights;
    const isMean = (i: number) =>
      mixed.tensors.some(({ role, offset, size }) => {
        return role === 'norm.mean' && i >= offset && i < offset + size;
      });
    const kept = weights.filter((_, i) => !isMean(i) && merged[i] !== 0);
    expect(kept.length).to.equal(Math.round((mixed.length - 7) / 10));
    const smallest = kept.map(Math.abs).sort()[0];
    expectClose(
      merged,
      weights.map((x, i) => (isMean(i) || Math.abs(x) >= smallest ? x : 0)),
      0,
    );
  });
});

describe('DARE', () => {
  const streams =
    (seed: number) =>
    (...name: (string | number)[]) =>
      stream(seed, ...name);
  const base = randomModel(mixed, 50).weights;
  const received = randomModels(mixed, 3);
  const run = (options: Record<string, unknown>, seed = 1) =>
    mergeRules
      .create({ kind: 'dare', ...options }, contextOf(mixed))
      .merge({ base, received, stream: streams(seed) }).weights;

  it('that drops nothing is the mean, or the mean of the elected', () => {
    const rule = (choice: Choice) =>
      mergeRules.create(choice, contextOf(mixed)).merge({ base, received }).weights;
    expectClose(run({ drop: 0 }), rule({ kind: 'mean' }));
    expectClose(run({ drop: 0, combine: 'elected' }), rule({ kind: 'ties', density: 1 }));
  });

  it('drops the share it should, keeps the mean, and depends on its streams only', () => {
    const one = mergeRules.create({ kind: 'dare', drop: 0.9 }, contextOf(vector(20_000)));
    const input = { base: new Float32Array(20_000), received: [model(...new Array<number>(20_000).fill(1))] };
    const { weights } = one.merge({ ...input, stream: streams(1) });
    expect(weights.filter((x) => x === 0).length / 20_000).to.be.closeTo(0.9, 0.01);
    expect(weights.reduce((sum, x) => sum + x, 0) / 20_000).to.be.closeTo(1, 0.07);
    expect(new Set(weights).size).to.equal(2);
    expect(run({})).to.deep.equal(run({}));
    expect(run({})).not.to.deep.equal(run({}, 2));
    expect(() => one.merge(input)).to.throw('named streams');
  });
});

describe('MagMax', () => {
  it('takes the difference of the largest magnitude, the first of equals', () => {
    const received = [model(2, 0, 3), model(-1, 1, 4)];
    expect(weightsOf({ kind: 'magmax' }, [1, 1, 3], received)).to.deep.equal([-1, 0, 4]);
    expect(weightsOf({ kind: 'magmax' }, [0, 0, 0], [model(2, 0, 0), model(-2, 0, 0)])).to.deep.equal([
      2, 0, 0,
    ]);
    expect(weightsOf({ kind: 'magmax', scale: 0.5 }, [1, 1, 3], received)).to.deep.equal([0, 0.5, 3.5]);
  });
});
