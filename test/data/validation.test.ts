/** Validation parts: sizes, disjointness, determinism, and that threads get the same ones. */
import { expect } from 'chai';
import fc from 'fast-check';
import {
  holdOut,
  holdOutExamples,
  listPartition,
  openPartition,
  PartitionError,
  partitionSubset,
  sharePartition,
} from '../../data/index.js';
import { range } from '../../numerics/index.js';
import { allIndices, cases, make, someData } from './partition-cases.js';

const received = (partition: Parameters<typeof sharePartition>[0]) =>
  openPartition(structuredClone(sharePartition(partition)));

describe('a share of each client’s examples', () => {
  for (const { choice } of cases) {
    it(`splits each list of ${JSON.stringify(choice)}, the same way in another thread`, () => {
      const whole = make(choice, someData());
      const { train, validation } = holdOut(whole, 0.2, 7);
      const [trained, validated] = [allIndices(train), allIndices(validation)];
      for (const [client, list] of allIndices(whole).entries()) {
        expect([...trained[client], ...validated[client]].sort((a, b) => a - b)).to.deep.equal(list);
        expect(validated[client].filter((index) => trained[client].includes(index))).to.deep.equal([]);
        expect(train.size(client)).to.equal(trained[client].length);
        const different = new Set(list).size;
        expect(new Set(validated[client]).size).to.equal(
          Math.min(Math.round(0.2 * different), different - 1),
        );
      }
      expect(allIndices(received(train))).to.deep.equal(trained);
      expect(allIndices(received(validation))).to.deep.equal(validated);
    });
  }

  it('keeps at least one example for training', () => {
    const { train, validation } = holdOut(listPartition([[3], [1, 2]]), 0.9, 1);
    expect([train.size(0), validation.size(0)]).to.deep.equal([1, 0]);
    expect([train.size(1), validation.size(1)]).to.deep.equal([1, 1]);
  });

  it('follows from the seed, and each client’s from its number', () => {
    const list = Array.from(range(40));
    const held = (seed: number, clients: number) =>
      allIndices(holdOut(listPartition(Array<number[]>(clients).fill(list)), 0.25, seed).validation);
    expect(held(1, 2)).to.deep.equal(held(1, 3).slice(0, 2));
    expect(held(1, 2)[0]).not.to.deep.equal(held(1, 2)[1]);
    expect(held(1, 2)[0]).not.to.deep.equal(held(2, 2)[0]);
  });

  it('refuses shares that leave nothing', () => {
    for (const share of [0, 1, -0.1, Number.NaN]) {
      expect(() => holdOut(listPartition([[1, 2]]), share, 1)).to.throw(PartitionError, `not ${share}`);
    }
  });
});

describe('a share of the whole training set', () => {
  it('and the rest are the whole, ascending', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 300 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (n, share) => {
          const { train, validation } = holdOutExamples(n, share, 3);
          expect([...train, ...validation].sort((a, b) => a - b)).to.deep.equal(Array.from(range(n)));
          expect([...validation]).to.deep.equal([...validation].sort((a, b) => a - b));
          expect(validation.length).to.equal(Math.min(Math.max(Math.round(share * n), 1), n - 1));
        },
      ),
    );
  });

  it('leaves a rest that every partition can split, the same way in another thread', () => {
    const data = someData();
    const { train } = holdOutExamples(data.labels.length, 0.2, 3);
    const rest = new Set(train);
    for (const { choice, clients, covers } of cases) {
      const partition = partitionSubset(choice, data, train);
      const lists = allIndices(partition);
      expect(partition.clients).to.equal(clients);
      expect(lists.flat().every((index) => rest.has(index))).to.equal(true);
      expect(new Set(lists.flat()).size === train.length, choice.kind).to.equal(covers);
      expect(lists.map((_, client) => partition.size(client))).to.deep.equal(
        lists.map((list) => list.length),
      );
      expect(allIndices(received(partition))).to.deep.equal(lists);
    }
  });

  it('is split by the labels and owners of its own examples', () => {
    const data = {
      seed: 1,
      classes: 3,
      labels: Int32Array.of(2, 0, 1, 2, 0, 1),
      owner: Int32Array.of(0, 0, 1, 1, 2, 2),
    };
    const some = Uint32Array.of(1, 3, 4, 5);
    expect(allIndices(partitionSubset({ kind: 'natural' }, data, some))).to.deep.equal([[1], [3], [4, 5]]);
    expect(
      allIndices(partitionSubset({ kind: 'labels', clients: 3, labelsPerClient: 1 }, data, some)),
    ).to.deep.equal([[1, 4], [5], [3]]);
  });
});
