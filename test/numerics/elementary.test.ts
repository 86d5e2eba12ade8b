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

/** Numbers times 2¹²⁰, as whole ones: Math.cos(Math.PI * x) itself is further from cos(πx) than cosinePi may be. */
const BITS = 120n;
const ONE = 1n << BITS;
const PI = 0x3243f6a8885a308d313198a2e037073n;
const product = (a: bigint, b: bigint) => (a * b) >> BITS;
const scaled = (x: number) => BigInt(Math.trunc(x * 2 ** Number(BITS)));

/** The Taylor series, until its terms vanish. */
function exactCosinePi(x: number): bigint {
  const angle = product(PI, scaled(x));
  const square = product(angle, angle);
  let [sum, term] = [0n, ONE];
  for (let n = 1n; term !== 0n && term !== -1n; n += 2n) {
    sum += term;
    term = -product(term, square) / (n * (n + 1n));
  }
  return sum;
}

const distance = (value: number, exact: bigint) => Math.abs(Number(scaled(value) - exact)) / Number(ONE);

describe('cosinePi', () => {
  it('is exact where the cosine is 1, 0 or −1', () => {
    expect([cosinePi(0), cosinePi(0.5), cosinePi(1)]).to.deep.equal([1, 0, -1]);
  });

  it('comes within 2⁻⁵² of the cosine', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (x) => {
        expect(distance(cosinePi(x), exactCosinePi(x))).to.be.at.most(2 ** -52);
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
