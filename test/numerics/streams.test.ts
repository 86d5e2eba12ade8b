import { expect } from 'chai';
import fc from 'fast-check';
import {
  distributions,
  permutation,
  sampleWithoutReplacement,
  sha256,
  stream,
} from '../../numerics/index.js';

const draws = (draw: () => number, count = 1000) => Float64Array.from({ length: count }, draw);

describe('named streams', () => {
  it('give other numbers to seeds 1, 11 and 111, whose bare keys would repeat', () => {
    const [a, b, c] = [1, 11, 111].map((seed) => draws(stream(seed, 'client', 0), 10).join());
    expect(new Set([a, b, c]).size).to.equal(3);
  });

  it('tell names apart that would read the same when joined', () => {
    expect(stream(1, 'a', 1, 1)()).not.to.equal(stream(1, 'a', 11)());
    expect(stream(1, 'a', '1')()).not.to.equal(stream(1, 'a', 1)());
  });

  // Recorded on Node 20.20; the tests run on every Node version that the project supports.
  const pinned: Record<string, [() => () => number, string]> = {
    uniform: [() => stream(1, 'pin'), '3e587648f5e92cb4f833baa896186cc314b78480f6f914208fef65dfcf19f501'],
    normal: [
      () => distributions.normal(stream(1, 'pin')),
      '91ffa07019087510bd344371ddc51b230edf09f1abe63d22fbe7eaffba02aaa5',
    ],
    logNormal: [
      () => distributions.logNormal(stream(1, 'pin'), 1, 0.5),
      '0525470573e9f6304fb4f8e709578af7097c99f939bde569c98ec4f43c5cf91b',
    ],
    exponential: [
      () => distributions.exponential(stream(1, 'pin'), 2),
      '0f650b9ca3df244c61a4b6c26e483c4bba4d69aeff71f24d2e644b84d44dbd24',
    ],
    gamma: [
      () => distributions.gamma(stream(1, 'pin'), 0.3),
      'a4198b60dcaee8743c1daa975afb9f771c764c67c9efa45bf449993516d237c7',
    ],
    beta: [
      () => distributions.beta(stream(1, 'pin'), 2, 0.5),
      '51daa84d9072dbfae40dd18ab73b7db9e7d7e5f88c7bc8c281a750edfe7bd859',
    ],
    pareto: [
      () => distributions.pareto(stream(1, 'pin'), 1.5),
      'b2f8026b756aa99b52aa61a327bbbab405209499f449208483c4e41ae484c748',
    ],
  };
  for (const [name, [make, hash]] of Object.entries(pinned)) {
    it(`1,000 draws of ${name} are the recorded ones`, () => {
      expect(sha256(draws(make()))).to.equal(hash);
    });
  }

  it('sample without replacement: distinct, ascending, uniform', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 30 }), fc.integer({ min: 1, max: 60 }), (seed, bound) => {
        const count = 1 + (seed % bound);
        const sample = sampleWithoutReplacement(stream(seed, 'sample'), bound, count);
        expect(sample).to.have.length(count);
        expect(sample.every((x, i) => x < bound && (i === 0 || x > sample[i - 1]))).to.be.true;
      }),
    );
    const hits = new Array<number>(10).fill(0);
    for (let round = 0; round < 3000; round++) {
      for (const x of sampleWithoutReplacement(stream(round, 'uniform'), 10, 3)) hits[x]++;
    }
    // 900 expected each; the standard deviation is about 25.
    for (const count of hits) expect(count).to.be.within(800, 1000);
  });

  it('samples are Floyd’s, whatever share of the numbers they take', () => {
    for (const count of [1, 15, 16, 17, 100, 999, 1000]) {
      const draw = stream(count, 'floyd');
      const chosen: number[] = [];
      for (let top = 1000 - count; top < 1000; top++) {
        const candidate = Math.floor(draw() * (top + 1));
        chosen.push(chosen.includes(candidate) ? top : candidate);
      }
      const sample = sampleWithoutReplacement(stream(count, 'floyd'), 1000, count);
      expect(sample).to.deep.equal(chosen.sort((a, b) => a - b));
    }
  });

  it('permutations hold every number once', () => {
    const order = permutation(stream(1, 'permutation'), 500);
    expect([...order].sort((a, b) => a - b)).to.deep.equal([...Array(500).keys()]);
  });

  it('Dirichlet draws sum to 1, also where every gamma draw underflows', () => {
    for (const alpha of [1e-6, 0.1, 100]) {
      for (let i = 0; i < 50; i++) {
        const shares = distributions.dirichlet(stream(i, 'dirichlet'), new Array<number>(10).fill(alpha));
        expect(shares.reduce((sum, x) => sum + x, 0)).to.be.closeTo(1, 1e-12);
      }
    }
  });
});
