/** The kernels against plain loops, to the bit, and their float64 sums against exact integers. */
import { expect } from 'chai';
import fc from 'fast-check';
import { instantiateKernels } from '../../merging/kernels.js';
import { momentsOf } from '../../merging/moments.js';
import { bits, normalWeights } from './models.js';

/** Sums in the documented order: eight lanes, then what is left over in a ninth. */
function inLanes(terms: readonly number[]): number {
  const lanes = new Float64Array(9);
  const whole = terms.length - (terms.length % 8);
  terms.forEach((term, i) => (lanes[i < whole ? i % 8 : 8] += term));
  return (
    lanes[0] + lanes[2] + (lanes[4] + lanes[6]) + (lanes[1] + lanes[3] + (lanes[5] + lanes[7])) + lanes[8]
  );
}

/** Population variance of multiples of 2⁻⁴⁰ in whole numbers; only the last division is rounded. */
function exactVariance(values: Float32Array): number {
  let sum = 0n;
  let squares = 0n;
  for (const value of values) {
    const whole = BigInt(value * 2 ** 40);
    sum += whole;
    squares += whole * whole;
  }
  const n = BigInt(values.length);
  return Number(n * squares - sum * sum) / values.length ** 2 / 2 ** 80;
}

for (const shared of [false, true]) {
  describe(`kernels on a memory that threads ${shared ? 'share' : 'do not share'}`, () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared });
    const kernels = instantiateKernels(memory);
    const a = 12;
    const b = 20_004;
    const out = 40_008;
    const place = (address: number, values: Float32Array) => {
      const placed = new Float32Array(memory.buffer, address, values.length);
      placed.set(values);
      return placed;
    };
    const lengths = fc.integer({ min: 0, max: 100 });
    const coefficients = fc.float({ noNaN: true, noDefaultInfinity: true, min: -8, max: 8 });

    it('combine and affine round every product and every sum to float32', () => {
      fc.assert(
        fc.property(lengths, coefficients, coefficients, (n, p, q) => {
          const x = place(a, normalWeights(n, 1, ['x', n]));
          const y = place(b, normalWeights(n, 1, ['y', n]));
          const z = place(out, new Float32Array(n + 1).fill(77));
          kernels.combine(a, b, out, a + 4 * n, p, q);
          const combined = x.map((xi, i) => Math.fround(p * xi) + Math.fround(q * y[i]));
          expect(bits(z.subarray(0, n))).to.equal(bits(combined));
          expect(z[n]).to.equal(77);
          kernels.affine(a, out, a + 4 * n, p, q);
          expect(bits(z.subarray(0, n))).to.equal(bits(x.map((xi) => Math.fround(p * xi) + q)));
          expect(z[n]).to.equal(77);
        }),
      );
    });

    it('combine measures on the way what momentsAboutZero measures', () => {
      const results = 62_000;
      const measured = (address: number, n: number) => {
        kernels.momentsAboutZero(address, address + 4 * n, 0, results);
        return [...new Float64Array(memory.buffer, results, 2)];
      };
      for (const n of [0, 1, 7, 8, 9, 31, 64, 85]) {
        place(a, normalWeights(n, 1, ['x', n]));
        place(b, normalWeights(n, 1, ['y', n]));
        const z = place(out, new Float32Array(n + 1).fill(77));
        kernels.combine(a, b, out, a + 4 * n, 0.3, 0.7);
        const combined = bits(z);
        const [ofB, ofOut] = [measured(b, n), measured(out, n)];
        for (const [which, expected] of [
          ['B', ofB],
          ['Out', ofOut],
          ['Both', [...ofB, ...ofOut]],
        ] as const) {
          z.fill(77);
          kernels[`combineMeasuring${which}`](a, b, out, a + 4 * n, 0.3, 0.7, results);
          expect(bits(z)).to.equal(combined);
          expect([...new Float64Array(memory.buffer, results, expected.length)]).to.deep.equal(expected);
        }
      }
    });

    it('sortPair orders two vectors, replaceNaN leaves no NaN', () => {
      for (let n = 0; n < 40; n++) {
        const [left, right] = [normalWeights(n, 1, ['x', n]), normalWeights(n, 1, ['y', n])];
        const [x, y] = [place(a, left), place(b, right)];
        kernels.sortPair(a, b, a + 4 * n);
        expect([...x]).to.deep.equal(Array.from(left, (value, i) => Math.min(value, right[i])));
        expect([...y]).to.deep.equal(Array.from(left, (value, i) => Math.max(value, right[i])));
        const holes = left.map((value, i) => (i % 3 === 0 ? NaN : value));
        const z = place(out, holes);
        kernels.replaceNaN(out, out + 4 * n);
        expect([...z]).to.deep.equal(Array.from(left, (value, i) => (i % 3 === 0 ? Infinity : value)));
      }
    });

    it('moments and distance add up in the documented order', () => {
      for (let n = 0; n < 40; n++) {
        const x = place(a, normalWeights(n, 1, ['x', n]));
        const y = place(b, normalWeights(n, 1, ['y', n]));
        kernels.moments(a, a + 4 * n, 0.3, out);
        const stored = new Float64Array(memory.buffer, out, 2);
        const shifted = Array.from(x, (xi) => xi - 0.3);
        expect([...stored]).to.deep.equal([inLanes(shifted), inLanes(shifted.map((d) => d * d))]);
        kernels.moments(a, a + 4 * n, 0, out);
        const about = [...stored];
        kernels.momentsAboutZero(a, a + 4 * n, 0, out);
        expect([...stored]).to.deep.equal(about);
        const squares = Array.from(x, (xi, i) => (xi - y[i]) ** 2);
        expect(kernels.distance(a, b, a + 4 * n)).to.equal(inLanes(squares));
      }
    });
  });
}

describe('moments of a vector', () => {
  const grid = (values: Float32Array) => values.map((value) => Math.round(value * 2 ** 20) / 2 ** 20);
  const cases: Record<string, Float32Array> = {
    'weights of a layer': grid(normalWeights(156_800, 0.05, ['layer'])),
    'one block and a bit': grid(normalWeights(16_389, 0.05, ['block'])),
    'far from zero': grid(normalWeights(50_000, 0.01, ['far']).map((x) => x + 100)),
    'starting with an outlier': grid(
      normalWeights(50_000, 0.01, ['outlier']).map((x, i) => (i === 0 ? 1000 : x)),
    ),
    'one chunk unlike the rest': grid(
      normalWeights(50_000, 0.01, ['step']).map((x, i) => (i < 4096 ? x + 300 : x)),
    ),
    'three numbers': Float32Array.of(1, 2, 4),
  };
  for (const [name, values] of Object.entries(cases)) {
    it(`is right to 1e-12: ${name}`, () => {
      const exact = exactVariance(values);
      expect(Math.abs(momentsOf(values).variance / exact - 1)).to.be.below(1e-12);
      const mean = values.reduce((sum, x) => sum + Math.round(x * 2 ** 20), 0) / 2 ** 20 / values.length;
      expect(Math.abs(momentsOf(values).mean - mean)).to.be.below(
        1e-12 * (Math.abs(mean) + Math.sqrt(exact)),
      );
    });
  }

  it('is exactly 0 where all numbers are equal', () => {
    expect(momentsOf(new Float32Array(20_000).fill(0.1)).variance).to.equal(0);
  });
});
