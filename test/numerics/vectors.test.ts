import { expect } from 'chai';
import fc from 'fast-check';
import { largestSize, subtract } from '../../numerics/index.js';

describe('subtract', () => {
  const pairs = fc.array(fc.tuple(fc.float(), fc.float()), { maxLength: 70 });

  it('is the difference of each pair, rounded once, to the bit', () => {
    fc.assert(
      fc.property(pairs, (drawn) => {
        const [a, b] = [0, 1].map((side) => Float32Array.from(drawn, (pair) => pair[side]));
        const expected = drawn.map(([x, y]) => Math.fround(x - y));
        expect([...subtract(a, b)]).to.deep.equal(expected);
      }),
    );
  });

  it('changes the first vector in place, and takes longer ones after shorter ones', () => {
    for (const length of [3, 100_001, 5]) {
      const a = Float32Array.from({ length }, (_, i) => i + 0.5);
      const b = new Float32Array(new SharedArrayBuffer(4 * length)).fill(0.5);
      expect(subtract(a, b)).to.equal(a);
      expect(a[length - 1]).to.equal(length - 1);
      expect(b.every((x) => x === 0.5)).to.equal(true);
    }
  });

  it('refuses vectors of other lengths than each other', () => {
    expect(() => subtract(new Float32Array(2), new Float32Array(3))).to.throw(RangeError);
    expect(() => subtract(new Float32Array(3), new Float32Array(2))).to.throw(RangeError);
  });
});

describe('the largest size of a vector', () => {
  it('is that of its numbers, whatever came before it in memory', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true }), { maxLength: 70 }), (drawn) => {
        expect(largestSize(Float32Array.from(drawn))).to.equal(Math.max(0, ...drawn.map(Math.abs)));
      }),
    );
  });

  it('is not finite where one of them is not', () => {
    for (const length of [1, 2, 7, 1001]) {
      for (const wrong of [NaN, -NaN, Infinity, -Infinity]) {
        for (const at of [0, length >> 1, length - 1]) {
          const vector = new Float32Array(length).fill(-3).fill(wrong, at, at + 1);
          expect(Number.isFinite(largestSize(vector)), `${wrong} at ${at} of ${length}`).to.equal(false);
        }
      }
    }
  });
});
