/** Skew, against values computed by hand and against a direct computation of the divergence. */
import { expect } from 'chai';
import fc from 'fast-check';
import { labelCounts, listPartition, measureSkew, partitions } from '../../data/index.js';
import { someData } from './partition-cases.js';

/** A partition whose client c holds `counts[c][label]` examples of each label. */
function holding(counts: readonly number[][]) {
  const labels: number[] = [];
  const lists = counts.map((row) =>
    row.flatMap((count, label) => Array.from({ length: count }, () => labels.push(label) - 1)),
  );
  return { partition: listPartition(lists), labels: Int32Array.from(labels), classes: counts[0].length };
}

const reading = (labels: Int32Array) => ({ label: (index: number) => labels[index] });

const skewOf = (counts: readonly number[][]) => {
  const { partition, labels, classes } = holding(counts);
  return measureSkew(partition, reading(labels), classes);
};

describe('measured skew', () => {
  it('of clients that hold every label alike is 10 effective classes and no divergence', () => {
    const row = Array<number>(10).fill(3);
    const { effectiveClasses, divergence } = skewOf([row, row, row]);
    expect(effectiveClasses.mean).to.be.closeTo(10, 1e-12);
    expect(effectiveClasses.least).to.be.closeTo(10, 1e-12);
    expect(divergence).to.equal(0);
  });

  it('of clients with one label each, all different, is 1 class and 1 bit', () => {
    const skew = skewOf([
      [4, 0, 0],
      [0, 4, 0],
      [0, 0, 4],
    ]);
    expect(skew.effectiveClasses).to.deep.equal({ mean: 1, least: 1, most: 1 });
    expect(skew.divergence).to.equal(1);
  });

  it('agrees with a case by hand', () => {
    // p = (1, 0), q = (½, ½): m = (¾, ¼), H(m) = 2 − ¾ log₂ 3 bits, JS = H(m) − ½ (0 + 1).
    const skew = skewOf([
      [6, 0],
      [1, 1],
    ]);
    expect(skew.divergence).to.be.closeTo(2 - 0.75 * Math.log2(3) - 0.5, 1e-12);
    expect(skew.effectiveClasses).to.deep.equal({ mean: 1.5, least: 1, most: 2 });
    // Sizes 6 and 2: Gini = (mean absolute difference 2) / (2 · mean 4).
    expect(skew.sizes).to.deep.equal({ mean: 4, least: 2, most: 6 });
    expect(skew.sizeGini).to.be.closeTo(0.25, 1e-12);
    expect(skew.sampled).to.equal(undefined);
  });

  it('averages Kullback–Leibler divergences to the mixture over all pairs', () => {
    const row = fc
      .array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 4 })
      .filter((r) => r.some(Boolean));
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 6 }), (counts) => {
        const shares = counts.map((r) => r.map((x) => x / r.reduce((a, b) => a + b)));
        const kl = (p: number[], m: number[]) =>
          p.reduce((total, x, i) => (x === 0 ? total : total + x * Math.log2(x / m[i])), 0);
        const all: number[] = [];
        for (const [i, p] of shares.entries()) {
          for (const q of shares.slice(i + 1)) {
            const m = p.map((x, label) => (x + q[label]) / 2);
            all.push((kl(p, m) + kl(q, m)) / 2);
          }
        }
        const expected = all.reduce((a, b) => a + b) / all.length;
        expect(skewOf(counts).divergence).to.be.closeTo(expected, 1e-12);
      }),
    );
  });

  it('of one client has no pairs', () => {
    expect(skewOf([[2, 2]]).divergence).to.equal(0);
  });

  it('samples pairs of many clients, and says so', () => {
    // Half of 400 clients hold label 0, half label 1: 200 · 200 of 79,800 pairs differ, by 1 bit.
    const { divergence, sampled } = skewOf(
      Array.from({ length: 400 }, (_, c) => (c % 2 === 0 ? [2, 0] : [0, 2])),
    );
    expect(sampled).to.deep.equal({ clients: 400, pairs: 20_000 });
    expect(divergence).to.be.closeTo(40_000 / 79_800, 0.015);
  });

  it('samples clients where there are very many, and says so', () => {
    const data = someData();
    const choice = { kind: 'dirichlet-draw', clients: 100_000, alpha: 1, samplesPerClient: 20 };
    const skew = measureSkew(partitions.create(choice, data), reading(data.labels), data.classes);
    expect(skew.sampled?.clients).to.equal(1000);
    expect(skew.sizes).to.deep.equal({ mean: 20, least: 20, most: 20 });
    expect(measureSkew(partitions.create(choice, data), reading(data.labels), data.classes)).to.deep.equal(
      skew,
    );
  });
});

describe('label counts', () => {
  it('are those of each client', () => {
    const counts = [
      [3, 0, 1],
      [0, 2, 2],
      [1, 1, 1],
    ];
    const { partition, labels, classes } = holding(counts);
    expect(labelCounts(partition, reading(labels), classes)).to.deep.equal(counts);
    expect(labelCounts(partition, reading(labels), classes, [2, 0])).to.deep.equal([counts[2], counts[0]]);
  });
});
