/** The elementary functions against exact values, and against Math's within its rounding. */
import { expect } from 'chai';
import fc from 'fast-check';
import { cosinePi, integerPower } from '../../numerics/index.js';

describe('integerPower', () => {
  it('multiplies', () => {
    expect(integerPower(3, 0)).to.equal(1);
    expect(integerPower(3, 5)).to.equal(243);
    expect(integerPower(-2, 3)).to.equal(-8);
    expect(integerPower(0.5, 1074)).to.equal(Number.MIN_VALUE);
  });

  it('comes within rounding of Math.pow', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.9, max: 1.1, noNaN: true }), fc.nat(2000), (base, exponent) => {
        expect(integerPower(base, exponent) / base ** exponent).to.be.closeTo(1, 1e-12);
      }),
    );
  });

  it('refuses exponents that are not whole or are negative', () => {
    expect(() => integerPower(2, 0.5)).to.throw('0.5');
    expect(() => integerPower(2, -1)).to.throw('-1');
  });
});

describe('cosinePi', () => {
  it('is exact where the cosine is 1, 0 or −1', () => {
    expect([cosinePi(0), cosinePi(0.5), cosinePi(1)]).to.deep.equal([1, 0, -1]);
  });

  it('comes within 2⁻⁵¹ of Math.cos', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (x) => {
        expect(cosinePi(x)).to.be.closeTo(Math.cos(Math.PI * x), 2 ** -51);
      }),
      { numRuns: 2000 },
    );
  });

  it('is antisymmetric about ½', () => {
    for (let k = 0; k <= 256; k++) expect(cosinePi(k / 256) + cosinePi(1 - k / 256)).to.equal(0);
  });

  it('refuses what is outside 0 to 1', () => {
    expect(() => cosinePi(1.5)).to.throw('1.5');
    expect(() => cosinePi(NaN)).to.throw('NaN');
  });
});
