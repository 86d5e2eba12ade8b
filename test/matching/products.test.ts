/** The WebAssembly products against a scalar loop, bit for bit. */
import { expect } from 'chai';
import { products } from '../../matching/products.js';
import { stream } from '../../numerics/index.js';

const draw = stream(1, 'products');
const rows = (count: number, coordinates: number) =>
  Array.from({ length: count }, () => Float64Array.from({ length: coordinates }, () => draw() - 0.5));

describe('products', () => {
  for (const [left, right, depth] of [
    [1, 1, 1],
    [3, 5, 7],
    [4, 4, 256],
    [130, 3, 300],
    [5, 129, 513],
  ]) {
    it(`of ${left} and ${right} rows of ${depth} are the sums in ascending order, bit for bit`, () => {
      const [a, b] = [rows(left, depth), rows(right, depth)];
      const stride = right + 2;
      const into = new Float64Array(left * stride).fill(-1);
      products(a, b, depth, into, stride);
      const expected = new Float64Array(left * stride).fill(-1);
      a.forEach((x, i) => {
        b.forEach((y, k) => {
          let sum = 0;
          for (let d = 0; d < depth; d++) sum += x[d] * y[d];
          expected[i * stride + k] = sum;
        });
      });
      expect(into).to.deep.equal(expected);
    });
  }

  it('leave out the coordinates after the last that counts', () => {
    const into = new Float64Array(1);
    products([Float64Array.of(1, 2, 100)], [Float64Array.of(3, 4, 100)], 2, into, 1);
    expect(into[0]).to.equal(11);
  });
});
