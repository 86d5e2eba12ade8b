import { expect } from 'chai';
import fc from 'fast-check';
import { exponential, logarithm, power, sha256 } from '../../numerics/index.js';

const relative = (value: number, reference: number) => Math.abs(value - reference) / Math.abs(reference);

describe('exp, log and power with fixed bits', () => {
  it('are Math.exp and Math.log to 4e-16, and Math.pow to 1e-13', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        expect(relative(exponential(x), Math.exp(x))).to.be.below(4.5e-16);
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: 5e-324, max: 1e308, noNaN: true }), (x) => {
        expect(Math.abs(logarithm(x) - Math.log(x))).to.be.at.most(
          4.5e-16 * Math.max(1, Math.abs(Math.log(x))),
        );
      }),
    );
    fc.assert(
      fc.property(
        fc.double({ min: 1e-10, max: 1e10, noNaN: true }),
        fc.double({ min: -20, max: 20, noNaN: true }),
        (base, x) => {
          expect(power(base, x) / Math.pow(base, x)).to.be.closeTo(1, 1e-13);
        },
      ),
    );
  });

  it('keep the edges: 0, infinity, NaN, subnormal numbers', () => {
    expect([exponential(-Infinity), exponential(Infinity), exponential(0)]).to.deep.equal([0, Infinity, 1]);
    expect([logarithm(0), logarithm(Infinity), logarithm(1)]).to.deep.equal([-Infinity, Infinity, 0]);
    expect([exponential(NaN), logarithm(-1)]).to.deep.equal([NaN, NaN]);
    expect(relative(logarithm(5e-324), Math.log(5e-324))).to.be.below(1e-15);
    expect(relative(exponential(-720), Math.exp(-720))).to.be.below(1e-9);
    expect([power(0, 3), power(5, 0)]).to.deep.equal([0, 1]);
  });

  it('have the recorded bits on every Node', () => {
    const points = Float64Array.from({ length: 10_000 }, (_, i) => (i + 1) / 100);
    expect(sha256(points.map((x) => exponential(x - 50)))).to.equal(
      '7a95a46708c67997e69af4b41a832dc8848fa04b278bae5784740b7fe45c6292',
    );
    expect(sha256(points.map(logarithm))).to.equal(
      'd959100370becbbf23e3eba1867de1c0870a2da7d42f82c0faf49fdeba3b0c17',
    );
  });
});
