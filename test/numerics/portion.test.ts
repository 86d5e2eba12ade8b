/** Fractions of counts against whole-number arithmetic. */
import { expect } from 'chai';
import fc from 'fast-check';
import { cumulativeSums, portion } from '../../numerics/index.js';

describe('portion', () => {
  it('is on either side of a whole number only where it is on paper', () => {
    const tenThousandths = fc.integer({ min: 1, max: 40_000 });
    fc.assert(
      fc.property(tenThousandths, fc.integer({ min: 1, max: 10_000_000 }), (parts, count) => {
        const product = BigInt(parts) * BigInt(count);
        const [whole, rest] = [Number(product / 10_000n), Number(product % 10_000n)];
        const found = portion(parts / 10_000, count);
        expect(Math.floor(found)).to.equal(whole);
        expect(Math.ceil(found)).to.equal(rest > 0 ? whole + 1 : whole);
        expect(Math.round(found)).to.equal(rest >= 5000 ? whole + 1 : whole);
      }),
    );
  });

  it('is 29 of 100 for 0.29', () => {
    expect([0.29 * 100, portion(0.29, 100)]).to.deep.equal([28.999999999999996, 29]);
    expect(portion(Infinity, 3)).to.equal(Infinity);
  });
});

describe('cumulative sums', () => {
  it('of equal shares are the multiples of a share', () => {
    for (const count of [3, 10, 49, 1000, 100_000]) {
      const sums = cumulativeSums(Array<number>(count).fill(1 / count));
      const wrong = sums.findIndex((sum, place) => Math.floor(portion(sum, 7 * count)) !== 7 * (place + 1));
      expect(wrong, `of ${count}`).to.equal(-1);
    }
  });

  it('keep what is far smaller than the sum', () => {
    const ones = [2 ** 53, ...Array<number>(10).fill(1), -(2 ** 53)];
    expect(cumulativeSums(ones).at(-1)).to.equal(10);
  });
});
