import { expect } from 'chai';
import fc from 'fast-check';
import { ExactScalarSum, ExactSum, permutation, stream, SumOverflowError } from '../../numerics/index.js';

const vector = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 3, maxLength: 3 });
const terms = fc.array(fc.tuple(vector, fc.integer({ min: 1, max: 10_000 })), {
  minLength: 1,
  maxLength: 12,
});

function sumOf(list: readonly [number[], number][]): ExactSum {
  const sum = new ExactSum(3);
  for (const [values, weight] of list) sum.add(Float32Array.from(values), weight);
  return sum;
}

describe('exact sums', () => {
  it('do not depend on the order of their terms, nor on how partial sums are merged', () => {
    fc.assert(
      fc.property(terms, fc.nat(), (list, seed) => {
        const order = permutation(stream(seed, 'order'), list.length);
        const shuffled = Array.from(order, (i) => list[i]);
        const expected = sumOf(list).mean();
        expect(sumOf(shuffled).mean()).to.deep.equal(expected);
        const parts = sumOf(shuffled.slice(0, 2));
        parts.include(sumOf(shuffled.slice(2)).parts);
        expect(parts.mean()).to.deep.equal(expected);
        expect(parts.weight).to.equal(list.reduce((sum, [, weight]) => sum + weight, 0));
      }),
    );
  });

  it('are the float64 weighted mean to the grid of 2⁻³²', () => {
    fc.assert(
      fc.property(terms, (list) => {
        const weight = list.reduce((sum, [, w]) => sum + w, 0);
        const mean = sumOf(list).mean();
        for (let i = 0; i < 3; i++) {
          const reference = list.reduce((sum, [values, w]) => sum + w * values[i], 0) / weight;
          expect(mean[i]).to.be.closeTo(reference, 1e-7 * Math.abs(reference) + 1e-9);
        }
      }),
    );
  });

  it('add by hand: (2·1.5 + 1·(−3)) / 3 and (2·0.25 + 1·4) / 3', () => {
    const sum = new ExactSum(2);
    sum.add(Float32Array.of(1.5, 0.25), 2);
    sum.add(Float32Array.of(-3, 4), 1);
    expect([...sum.mean()]).to.deep.equal([0, 1.5]);
    expect([...sum.total()]).to.deep.equal([0, 4.5]);
  });

  for (const bad of [NaN, Infinity, -Infinity, 1e30]) {
    it(`refuse ${bad} as divergence`, () => {
      expect(() => {
        new ExactSum(2).add(Float32Array.of(0, bad), 1);
      }).to.throw(SumOverflowError);
    });
  }

  it('refuse an overflow whatever the order of the terms', () => {
    const large = Float32Array.of(2 ** 29);
    for (const weights of [
      [1, 1, 1, 1, 1, 1],
      [1, 2, 3],
      [3, 2, 1],
    ]) {
      const sum = new ExactSum(1);
      expect(() => {
        for (const weight of weights) sum.add(large, weight);
      }).to.throw(SumOverflowError);
    }
  });

  it('refuse a vector of another length', () => {
    expect(() => {
      new ExactSum(2).add(new Float32Array(3), 1);
    }).to.throw('exact sum of 2 numbers was given 3');
  });

  it('of scalars do not depend on the order either', () => {
    const list = [0.1, 0.7, 1e-9, 123.456, -55.5];
    const total = (values: number[]) => {
      const sum = new ExactScalarSum();
      values.forEach((value, i) => {
        sum.add(value, 1 + (i % 1));
      });
      return sum.total();
    };
    expect(total(list)).to.equal(total([...list].reverse()));
    expect(total(list)).to.be.closeTo(68.756000001, 1e-8);
  });

  it('are those of float64 arithmetic and whole numbers, whatever the size and the number of terms', () => {
    for (const [size, length] of [
      [1, 0],
      [1, 1],
      [0.01, 7],
      [2 ** 18, 9],
      [2 ** 20, 10],
    ]) {
      const draw = stream(3, 'sizes', length);
      const vectors = [0, 1, 2].map(() => Float32Array.from({ length }, () => size * (draw() - 0.5)));
      const sum = new ExactSum(length);
      vectors.forEach((vector, i) => {
        sum.add(vector, i + 0.5);
      });
      const expected = Array.from({ length }, (_, place) => {
        const terms = vectors.map((vector, i) => {
          const term = vector[place] * ((i + 0.5) * 2 ** 32);
          const down = Math.floor(term);
          const rest = term - down;
          return BigInt(rest < 0.5 || (rest === 0.5 && down % 2 === 0) ? down : down + 1);
        });
        return Math.fround(Number(terms.reduce((a, b) => a + b, 0n)) / 2 ** 32 / 4.5);
      });
      expect([...sum.mean()]).to.deep.equal(expected);
      sum.release();
    }
  });

  it('begin with zeros in a memory that another one had', () => {
    const first = new ExactSum(5);
    first.add(Float32Array.of(1, 2, 3, 4, 5), 2);
    expect([...first.total()]).to.deep.equal([2, 4, 6, 8, 10]);
    first.release();
    const second = new ExactSum(5);
    second.add(Float32Array.of(0, 0, 0, 0, 1), 1);
    expect([...second.total()]).to.deep.equal([0, 0, 0, 0, 1]);
  });
});
