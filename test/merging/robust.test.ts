/** Rules that withstand arbitrary models: identities, independent implementations, attacks. */
import { expect } from 'chai';
import fc from 'fast-check';
import { mergeRules, type Contribution } from '../../merging/index.js';
import { squaredDistances } from '../../merging/distances.js';
import { sortingNetwork } from '../../merging/sorted-coordinates.js';
import type { Choice } from '../../registry/index.js';
import { bits, contextOf, mixed, normalWeights, randomModels, vector } from './models.js';

const model = (...weights: number[]): Contribution => ({ weights: Float32Array.from(weights), samples: 1 });
const merge = (choice: Choice, received: readonly Contribution[], own?: Contribution) =>
  mergeRules
    .create(choice, contextOf(vector(received[0].weights.length)))
    .merge({ received, ...(own && { own }) });
const weightsOf = (choice: Choice, received: readonly Contribution[]) => [...merge(choice, received).weights];
const ascending = (a: number, b: number) => a - b;

/** Models of few numbers, with equal ones among them. */
const someModels = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 50 }))
  .chain(([count, size]) => {
    const number = fc.oneof(fc.constantFrom(0, 1, -1), fc.float({ min: -100, max: 100, noNaN: true }));
    return fc.array(
      fc.array(number, { minLength: size, maxLength: size }).map((weights) => model(...weights)),
      { minLength: count, maxLength: count },
    );
  });

describe('sorting network', () => {
  it('sorts every sequence of zeros and ones, and so every sequence', () => {
    for (let size = 1; size <= 11; size++) {
      const network = sortingNetwork(size);
      for (let pattern = 0; pattern < 1 << size; pattern++) {
        const values = Array.from({ length: size }, (_, i) => (pattern >> i) & 1);
        for (const [a, b] of network) {
          if (values[b] < values[a]) [values[a], values[b]] = [values[b], values[a]];
        }
        expect(values.every((value, i) => i === 0 || values[i - 1] <= value)).to.equal(true);
      }
    }
  });
});

describe('coordinate median', () => {
  it('is the middle number, or the mean of the middle two', () => {
    expect(weightsOf({ kind: 'coordinate-median' }, [model(1, 9), model(5, 2), model(2, 7)])).to.deep.equal([
      2, 7,
    ]);
    expect(
      weightsOf({ kind: 'coordinate-median' }, [model(1), model(5), model(2), model(100)]),
    ).to.deep.equal([3.5]);
    expect([...merge({ kind: 'coordinate-median' }, [model(5), model(9)], model(1)).weights]).to.deep.equal([
      5,
    ]);
  });

  it('is that of sorting', () => {
    fc.assert(
      fc.property(someModels, (models) => {
        const expected = models[0].weights.map((_, i) => {
          const sorted = models.map(({ weights }) => weights[i]).sort(ascending);
          const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
          return sorted.length % 2 === 1 ? low : Math.fround(0.5 * low) + Math.fround(0.5 * high);
        });
        merge({ kind: 'coordinate-median' }, models).weights.forEach((value, i) => {
          expect(value === expected[i], `${value} at ${i} instead of ${expected[i]}`).to.equal(true);
        });
      }),
    );
  });

  it('of large models is that of sorting, and not moved far by numbers that are none', () => {
    const models = randomModels(mixed, 7);
    const rule = mergeRules.create({ kind: 'coordinate-median' }, contextOf(mixed));
    const expected = models[0].weights.map(
      (_, i) => models.map(({ weights }) => weights[i]).sort(ascending)[3],
    );
    expect(bits(rule.merge({ received: models }).weights)).to.equal(bits(expected));
    const broken = [NaN, -Infinity].map((value) => model(...new Array<number>(mixed.length).fill(value)));
    expect(bits(rule.merge({ received: [...models, ...broken] }).weights)).to.equal(bits(expected));
  });
});

describe('trimmed mean', () => {
  it('drops ⌊βN⌋ at either end', () => {
    const models = [model(1), model(1000), model(2), model(-50), model(6)];
    expect(weightsOf({ kind: 'trimmed-mean', trim: 0.2 }, models)).to.deep.equal([3]);
    expect(weightsOf({ kind: 'trimmed-mean', trim: 0.4 }, models)).to.deep.equal([2]);
    expect(weightsOf({ kind: 'trimmed-mean', trim: 0.19 }, models)[0]).to.be.closeTo(191.8, 1e-4);
  });

  it('without trimming is the mean, and trimmed to one it is the median', () => {
    fc.assert(
      fc.property(someModels, (models) => {
        const mean = weightsOf({ kind: 'mean' }, models);
        weightsOf({ kind: 'trimmed-mean', trim: 0 }, models).forEach((value, i) => {
          expect(value).to.be.closeTo(mean[i], 1e-4);
        });
        if (models.length % 2 === 0) return;
        const median = merge({ kind: 'coordinate-median' }, models).weights;
        expect(bits(merge({ kind: 'trimmed-mean', trim: 0.4999 }, models).weights)).to.equal(bits(median));
      }),
    );
  });
});

describe('distances between models', () => {
  it('are those of float64 sums, on any range', () => {
    const vectors = [0, 1, 2].map((i) => normalWeights(40_001, 0.1, ['distance', i]));
    const [from, to] = [5, 39_998];
    const expected = (a: Float32Array, b: Float32Array) =>
      a.subarray(from, to).reduce((sum, x, i) => sum + (x - b[from + i]) ** 2, 0);
    const distances = squaredDistances(vectors, [{ start: from, end: to }]);
    vectors.forEach((a, i) => {
      vectors.forEach((b, j) => {
        expect(distances[i][j]).to.be.closeTo(expected(a, b), 1e-9);
      });
    });
  });
});

describe('Krum', () => {
  /** Straight from the definition. */
  function reference(models: readonly Contribution[], f: number): number {
    const scores = models.map((a, i) => {
      const distances = models
        .filter((_, j) => j !== i)
        .map((b) => a.weights.reduce((sum, x, k) => sum + (x - b.weights[k]) ** 2, 0));
      return distances
        .sort(ascending)
        .slice(0, models.length - f - 2)
        .reduce((sum, d) => sum + d, 0);
    });
    return scores.indexOf(Math.min(...scores));
  }

  it('gives one of the models back, the one that the definition says', () => {
    for (let seed = 0; seed < 20; seed++) {
      const models = Array.from({ length: 7 }, (_, i) => model(...normalWeights(30, 1, ['krum', seed, i])));
      const merged = merge({ kind: 'krum', byzantine: 2 }, models);
      const chosen = reference(models, 2);
      expect(merged.report.figures['chosen']).to.equal(chosen);
      expect(bits(merged.weights)).to.equal(bits(models[chosen].weights));
    }
  });

  it('takes the first of equals, and does not count the distance to itself', () => {
    const models = [model(9), model(1), model(1), model(1), model(-9)];
    expect(merge({ kind: 'krum' }, models).report.figures['chosen']).to.equal(1);
    expect(
      merge({ kind: 'krum', byzantine: 0 }, [model(1), model(3)], model(0)).report.figures['chosen'],
    ).to.equal(0);
  });

  it('refuses more attackers than it withstands', () => {
    expect(() => merge({ kind: 'krum' }, [model(1), model(2)], model(0))).to.throw('5 or more; there are 3');
  });
});

describe('Multi-Krum', () => {
  it('is the mean of the best, and of all where all are kept', () => {
    const models = [model(9), model(1), model(2), model(3), model(-9)];
    expect(weightsOf({ kind: 'multi-krum', keep: 3 }, models)).to.deep.equal([2]);
    const all = merge({ kind: 'multi-krum', byzantine: 0 }, models);
    expect(bits(all.weights)).to.equal(bits(merge({ kind: 'mean' }, models).weights));
    expect(all.report.counts).to.deep.equal({ leftOut: 0 });
    const one = merge({ kind: 'multi-krum', keep: 1 }, models);
    expect(bits(one.weights)).to.equal(bits(merge({ kind: 'krum' }, models).weights));
  });
});

describe('geometric median', () => {
  it('on a line is the median, and weighs by examples', () => {
    const models = [model(0), model(1), model(10)];
    expect(weightsOf({ kind: 'geometric-median', iterations: 200 }, models)[0]).to.be.closeTo(1, 0.01);
    const heavy = models.map((each, i) => ({ ...each, samples: i === 0 ? 5 : 1 }));
    expect(weightsOf({ kind: 'geometric-median', iterations: 200 }, heavy)[0]).to.be.closeTo(0, 0.01);
  });

  it('has no pull left: the unit vectors to the models sum to zero', () => {
    const models = Array.from({ length: 6 }, (_, i) => model(...normalWeights(5, 1, ['geometric', i])));
    const centre = merge({ kind: 'geometric-median', iterations: 500 }, models).weights;
    const pull = new Float64Array(5);
    for (const { weights } of models) {
      const distance = Math.hypot(...weights.map((x, i) => x - centre[i]));
      weights.forEach((x, i) => (pull[i] += (x - centre[i]) / distance));
    }
    expect(Math.hypot(...pull)).to.be.below(1e-5);
  });

  it('leaves out models that are not finite', () => {
    const merged = merge({ kind: 'geometric-median' }, [model(1, 1), model(NaN, 0), model(1, Infinity)]);
    expect([...merged.weights]).to.deep.equal([1, 1]);
    expect(merged.report.counts).to.deep.equal({ leftOut: 2 });
    expect(() => merge({ kind: 'geometric-median' }, [model(NaN)])).to.throw('all finite');
  });
});

describe('an attack by a fifth of the models', () => {
  it('moves the mean, not the robust rules', () => {
    const honest = randomModels(mixed, 8);
    const attackers = honest
      .slice(0, 2)
      .map((each) => ({ ...each, weights: each.weights.map((x) => -20 * x) }));
    const rules: Choice[] = [
      { kind: 'coordinate-median' },
      { kind: 'trimmed-mean', trim: 0.2 },
      { kind: 'multi-krum', byzantine: 2 },
      { kind: 'geometric-median' },
      { kind: 'mean' },
    ];
    const away = rules.map((choice) => {
      const rule = mergeRules.create(choice, contextOf(mixed));
      const clean = rule.merge({ received: honest.map((each) => ({ ...each, samples: 1 })) }).weights;
      const attacked = [...honest, ...attackers].map((each) => ({ ...each, samples: 1 }));
      return squaredDistances([clean, rule.merge({ received: attacked }).weights])[0][1];
    });
    const moved = away.pop() ?? 0;
    for (const distance of away) expect(distance).to.be.below(0.05 * moved);
  });
});
