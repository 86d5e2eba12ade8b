/** Partitions held as lists, and how partitions reach another thread. */
import { expect } from 'chai';
import { listPartition, openPartition, sharePartition, type Partition } from '../../data/index.js';
import { groupBy, row } from '../../data/partitions/lists.js';
import { allIndices } from './partition-cases.js';

describe('a partition held as lists', () => {
  it('puts each list into ascending order, keeps repeats and allows empty ones', () => {
    const partition = listPartition([[5, 1, 5], [], [0]]);
    expect(partition.clients).to.equal(3);
    expect(allIndices(partition)).to.deep.equal([[1, 5, 5], [], [0]]);
    expect([0, 1, 2].map((client) => partition.size(client))).to.deep.equal([3, 0, 1]);
  });

  it('is shared, not copied', () => {
    const partition = listPartition([[3, 4], [7]]);
    const there = openPartition(structuredClone(sharePartition(partition)));
    partition.indices(1)[0] = 9;
    expect([...there.indices(1)]).to.deep.equal([9]);
  });

  it('is what a partition that does not say how to share it is sent as', () => {
    const evens: Partition = {
      clients: 2,
      size: () => 2,
      indices: (client) => Uint32Array.of(client, client + 2),
    };
    expect(allIndices(openPartition(structuredClone(sharePartition(evens))))).to.deep.equal([
      [0, 2],
      [1, 3],
    ]);
  });
});

describe('grouping', () => {
  it('lists the positions of each key and leaves out negative ones', () => {
    const groups = groupBy(Int32Array.of(2, 0, -1, 2, 0), 4);
    expect([0, 1, 2, 3].map((key) => [...row(groups, key)])).to.deep.equal([[1, 4], [], [0, 3], []]);
  });
});
