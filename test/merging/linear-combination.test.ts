/** Linear combinations against a plain loop, to the bit. */
import { expect } from 'chai';
import fc from 'fast-check';
import { linearCombination, mergeInPlace, SCRATCH_BYTES, type LinearTerm } from '../../merging/index.js';
import { bits, normalWeights } from './models.js';

function plainly(terms: readonly LinearTerm[], length: number): number[] {
  return Array.from({ length }, (_, i) => {
    let sum = 0;
    for (const { coefficient, values } of terms) sum += coefficient * values[i];
    return sum;
  });
}

const drawnTerms = (count: number, length: number): LinearTerm[] =>
  Array.from({ length: count }, (_, term) => ({
    coefficient: normalWeights(1, 1, ['coefficient', term])[0] / 3,
    values: normalWeights(length, 1, ['values', term]),
  }));

describe('a linear combination', () => {
  const counts = fc.integer({ min: 0, max: 5 });
  // Around the kernels’ turns, and around the blocks in which sums are made.
  const lengths = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 2040, max: 4100 }));

  it('is summed in float64 in the order of its terms, and rounded once', () => {
    fc.assert(
      fc.property(counts, lengths, (count, length) => {
        const terms = drawnTerms(count, length);
        const expected = plainly(terms, length);
        expect(bits(linearCombination(terms, new Float32Array(length)))).to.equal(
          bits(Float32Array.from(expected)),
        );
        expect([...linearCombination(terms, new Float64Array(length))]).to.deep.equal(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('may go to one of its terms, wherever they lie', () => {
    const length = 5001;
    const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true });
    mergeInPlace(memory, 8);
    const [first, second] = drawnTerms(2, length);
    const expected = bits(Float32Array.from(plainly([first, second], length)));
    const home = new Float32Array(memory.buffer, 8 + SCRATCH_BYTES, length);
    home.set(second.values);
    const placed = { ...second, values: home };
    expect(bits(linearCombination([first, placed], first.values.slice()))).to.equal(expected);
    expect(linearCombination([first, placed], home)).to.equal(home);
    expect(bits(home)).to.equal(expected);
  });
});
