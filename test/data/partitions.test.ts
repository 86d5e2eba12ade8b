/** Hand-checkable properties of each kind of partition. */
import { expect } from 'chai';
import fc from 'fast-check';
import { PartitionError, type PartitionContext } from '../../data/index.js';
import { allIndices, labelsHeld, make, someData } from './partition-cases.js';

/** Labels 0, 0, …, 1, 1, …: `each` of every class. */
const sorted = (classes: number, each: number): PartitionContext => ({
  seed: 5,
  classes,
  labels: Int32Array.from({ length: classes * each }, (_, i) => Math.floor(i / each)),
});

const distinct = (list: readonly number[]) => new Set(list).size;
const sum = (list: readonly number[]) => list.reduce((total, x) => total + x, 0);
const sizes = (lists: readonly number[][]) => lists.map((list) => list.length);
const count = (list: readonly number[], value: number) => list.filter((x) => x === value).length;

describe('iid', () => {
  it('cuts the examples into parts whose sizes differ by one at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 40, max: 300 }), (clients, examples) => {
        const lists = allIndices(make({ kind: 'iid', clients }, someData(examples)));
        expect(Math.max(...sizes(lists)) - Math.min(...sizes(lists))).to.be.at.most(1);
        expect(sum(sizes(lists))).to.equal(examples);
      }),
    );
  });

  it('gives every client about the labels of the whole', () => {
    const data = sorted(4, 1000);
    for (const held of labelsHeld(make({ kind: 'iid', clients: 4 }, data), data)) {
      // Hypergeometric: 250 of each label expected, standard deviation 11.9.
      for (let label = 0; label < 4; label++) expect(count(held, label)).to.be.within(190, 310);
    }
  });
});

describe('shards', () => {
  it('of MNIST’s form are two runs of 300 of the examples sorted by label', () => {
    const data = sorted(10, 6000);
    const lists = allIndices(make({ kind: 'shards', clients: 100 }, data));
    for (const list of lists) {
      expect(list.length).to.equal(600);
      const starts = [list[0], list[300]];
      for (const start of starts) expect(start % 300).to.equal(0);
      expect(list).to.deep.equal(starts.flatMap((start) => Array.from({ length: 300 }, (_, i) => start + i)));
    }
    expect(
      Math.max(...labelsHeld(make({ kind: 'shards', clients: 100 }, data), data).map(distinct)),
    ).to.equal(2);
  });

  it('hold at most two labels each where no label is smaller than a shard', () => {
    const data = someData(1200);
    for (const shardsPerClient of [1, 2, 3]) {
      const choice = { kind: 'shards', clients: 20, shardsPerClient };
      for (const held of labelsHeld(make(choice, data), data)) {
        expect(distinct(held)).to.be.within(1, 2 * shardsPerClient);
      }
    }
  });

  it('keep the data’s order within a label', () => {
    // Two clients with one shard each of labels 1 0 1 0: sorted, examples 1 3 | 0 2.
    const data = { seed: 1, classes: 2, labels: Int32Array.of(1, 0, 1, 0) };
    const lists = allIndices(make({ kind: 'shards', clients: 2, shardsPerClient: 1 }, data));
    expect(lists).to.have.deep.members([
      [1, 3],
      [0, 2],
    ]);
  });

  it('are refused where there are more of them than examples', () => {
    expect(() => make({ kind: 'shards', clients: 60, shardsPerClient: 2 }, someData(100))).to.throw(
      PartitionError,
      '60 clients with 2 shards each need 120 shards, more than the 100 examples: use 50 clients or fewer',
    );
  });
});

for (const kind of ['dirichlet', 'dirichlet-balanced']) {
  describe(kind, () => {
    it('is close to IID where alpha is large', () => {
      const data = sorted(5, 1000);
      for (const held of labelsHeld(make({ kind, clients: 10, alpha: 1e5 }, data), data)) {
        for (let label = 0; label < 5; label++) expect(count(held, label)).to.be.within(95, 105);
      }
    });

    it('gives each class to about one client where alpha is small', () => {
      const data = sorted(40, 50);
      const lists = labelsHeld(make({ kind, clients: 3, alpha: 0.002, minimum: 1 }, data), data);
      // A class that is not whole with one client is rare, but with balanced sizes the last ones are cut off.
      const whole = Array.from({ length: 40 }, (_, label) =>
        Math.max(...lists.map((held) => count(held, label))),
      );
      expect(whole.filter((most) => most >= 49).length).to.be.at.least(36);
    });

    it('gives every client the minimum', () => {
      const lists = allIndices(make({ kind, clients: 10, alpha: 0.3, minimum: 40 }, someData(1200)));
      expect(Math.min(...sizes(lists))).to.be.at.least(40);
    });

    it('says which alpha and which minimum would work, and they do', () => {
      const data = someData(1200);
      const choice = { kind, clients: 20, alpha: 0.05, minimum: 45 };
      let message = '';
      try {
        make(choice, data);
      } catch (error) {
        expect(error).to.be.instanceOf(PartitionError);
        message = String(error);
      }
      expect(message).to.match(/with alpha 0.05 each of 100 draws gave one of the 20 clients fewer than 45/);
      const alpha = Number(/alpha (\S+) works/.exec(message)?.[1]);
      expect(() => make({ ...choice, alpha }, data)).not.to.throw();
      const minimum = Number(/a minimum of (\d+) works/.exec(message)?.[1] ?? 1);
      expect(minimum).to.be.below(45);
    });

    it('refuses a minimum that the examples cannot meet', () => {
      expect(() => make({ kind, clients: 20, minimum: 61 }, someData(1200))).to.throw(
        PartitionError,
        '20 clients with at least 61 examples each need 1220 examples; there are 1200: use 19 clients or fewer',
      );
    });
  });
}

describe('dirichlet', () => {
  it('splits a class by Dirichlet shares: their mean and variance are right', () => {
    // One class of 10,000 over 4 clients, 400 seeds: the share has mean 1/4, variance (1/4)(3/4)/(4α + 1) = 1/16.
    const alpha = 0.5;
    const shares = Array.from({ length: 400 }, (_, seed) => {
      const data = { ...sorted(1, 10_000), seed };
      return make({ kind: 'dirichlet', clients: 4, alpha }, data).size(2) / 10_000;
    });
    const mean = sum(shares) / 400;
    expect(mean).to.be.closeTo(0.25, 0.05);
    expect(sum(shares.map((share) => (share - mean) ** 2)) / 400).to.be.closeTo(1 / 16, 0.015);
  });
});

describe('dirichlet of small classes', () => {
  it('leaves nobody out by rounding', () => {
    // 10 classes of 60 over 100 equal clients: 0.6 of each class, cut alike, would be 0 or 10 examples a client.
    const lists = allIndices(make({ kind: 'dirichlet', clients: 100, alpha: 1e6 }, sorted(10, 60)));
    expect(Math.max(...sizes(lists))).to.be.below(10);
    expect(sum(sizes(lists))).to.equal(600);
  });
});

describe('dirichlet-balanced', () => {
  it('gives no more to clients that hold their fair share', () => {
    // With 100 classes of 12 nobody can hold more than the fair share of 120 and one whole class.
    const data = sorted(100, 12);
    const balanced = sizes(allIndices(make({ kind: 'dirichlet-balanced', clients: 10, alpha: 0.1 }, data)));
    expect(Math.max(...balanced)).to.be.below(120 + 12);
    const plain = sizes(allIndices(make({ kind: 'dirichlet', clients: 10, alpha: 0.1 }, data)));
    expect(Math.max(...plain)).to.be.above(120 + 12);
  });
});

describe('dirichlet-draw', () => {
  const data = sorted(4, 50);

  it('gives a client the same examples however many clients there are', () => {
    const few = make({ kind: 'dirichlet-draw', clients: 3 }, data);
    const many = make({ kind: 'dirichlet-draw', clients: 100_000 }, data);
    expect([...many.indices(2)]).to.deep.equal([...few.indices(2)]);
    expect([...many.indices(99_999)]).not.to.deep.equal([...few.indices(2)]);
  });

  it('draws from all labels alike where alpha is large, and from one where it is small', () => {
    const even = labelsHeld(
      make({ kind: 'dirichlet-draw', clients: 3, alpha: 1e6, samplesPerClient: 4000 }, data),
      data,
    );
    for (const held of even) {
      // Binomial: 1000 of each label expected, standard deviation 27.4.
      for (let label = 0; label < 4; label++) expect(count(held, label)).to.be.within(860, 1140);
    }
    const one = labelsHeld(make({ kind: 'dirichlet-draw', clients: 30, alpha: 1e-4 }, data), data);
    expect(one.filter((held) => distinct(held) === 1).length).to.be.at.least(28);
    expect(distinct(one.flat())).to.equal(4);
  });

  it('draws from every example of a label', () => {
    const [held] = allIndices(
      make({ kind: 'dirichlet-draw', clients: 1, alpha: 1e6, samplesPerClient: 4000 }, data),
    );
    expect(distinct(held)).to.equal(200);
  });

  it('leaves out classes without examples', () => {
    const gap = { seed: 1, classes: 3, labels: Int32Array.of(0, 2, 2, 0) };
    const held = labelsHeld(
      make({ kind: 'dirichlet-draw', clients: 20, samplesPerClient: 10 }, gap),
      gap,
    ).flat();
    expect([...new Set(held)].sort()).to.deep.equal([0, 2]);
  });

  it('refuses an empty set', () => {
    const empty = { seed: 1, classes: 3, labels: new Int32Array(0) };
    expect(() => make({ kind: 'dirichlet-draw' }, empty)).to.throw(PartitionError, 'there are 0');
  });
});

describe('labels', () => {
  it('gives each client exactly k labels', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 25 }), (k, clients) => {
        const data = someData(1500);
        const held = labelsHeld(make({ kind: 'labels', clients, labelsPerClient: k }, data), data);
        expect(held.map(distinct)).to.deep.equal(Array<number>(clients).fill(k));
      }),
      { numRuns: 50 },
    );
  });

  it('splits a label evenly among those who have it', () => {
    const data = sorted(5, 103);
    const held = labelsHeld(make({ kind: 'labels', clients: 12, labelsPerClient: 2 }, data), data);
    for (let label = 0; label < 5; label++) {
      const parts = held.map((list) => count(list, label)).filter((part) => part > 0);
      expect(Math.max(...parts) - Math.min(...parts)).to.be.at.most(1);
      expect(sum(parts)).to.equal(103);
    }
  });

  it('with an exponent splits it by a power law', () => {
    // Two clients that have both labels of 302: one example for each, 300 · ⅔ and 300 · ⅓ of the others.
    const data = sorted(2, 302);
    const lists = allIndices(make({ kind: 'labels', clients: 2, labelsPerClient: 2, exponent: 1 }, data));
    const [small, large] = sizes(lists).sort((a, b) => a - b);
    expect(small).to.be.closeTo(202, 2);
    expect(large).to.be.closeTo(402, 2);
  });

  it('refuses more labels than there are', () => {
    expect(() => make({ kind: 'labels', clients: 2, labelsPerClient: 4 }, sorted(3, 5))).to.throw(
      PartitionError,
      'a client cannot have 4 different labels: the examples have 3',
    );
  });

  it('refuses more owners of a label than it has examples', () => {
    expect(() => make({ kind: 'labels', clients: 20, labelsPerClient: 3 }, sorted(3, 5))).to.throw(
      PartitionError,
      '20 clients have label 0, which has 5 examples',
    );
  });
});

describe('quantity-dirichlet', () => {
  it('gives unequal sizes and equal labels', () => {
    const data = sorted(2, 5000);
    const held = labelsHeld(
      make({ kind: 'quantity-dirichlet', clients: 5, alpha: 0.5, minimum: 100 }, data),
      data,
    );
    expect(Math.max(...sizes(held))).to.be.above(2 * Math.min(...sizes(held)));
    for (const list of held) expect(count(list, 0) / list.length).to.be.within(0.35, 0.65);
  });

  it('gives equal sizes where alpha is large', () => {
    const lists = allIndices(make({ kind: 'quantity-dirichlet', clients: 5, alpha: 1e6 }, someData(1000)));
    for (const size of sizes(lists)) expect(size).to.be.within(197, 203);
  });
});

describe('quantity-power-law', () => {
  it('gives sizes in proportion to 1/rank, largest first', () => {
    // Four clients, 1 : 1/2 : 1/3 : 1/4 = 12 : 6 : 4 : 3 of 25 shares; 2504 = 4 · 1 + 2500.
    const lists = allIndices(make({ kind: 'quantity-power-law', clients: 4 }, someData(2504)));
    const found = sizes(lists).sort((a, b) => b - a);
    for (const [rank, size] of [1201, 601, 401, 301].entries()) expect(found[rank]).to.be.closeTo(size, 1);
    expect(sum(found)).to.equal(2504);
  });

  it('gives every client the minimum, and equal sizes for exponent 0', () => {
    const choice = { kind: 'quantity-power-law', clients: 10, exponent: 3, minimum: 20 };
    expect(Math.min(...sizes(allIndices(make(choice, someData(1000)))))).to.be.at.least(20);
    const equal = allIndices(make({ ...choice, exponent: 0, minimum: 1 }, someData(1000)));
    for (const size of sizes(equal)) expect(size).to.be.within(99, 101);
  });
});

describe('natural', () => {
  const data: PartitionContext = {
    seed: 3,
    classes: 2,
    labels: new Int32Array(8),
    owner: Int32Array.of(2, 0, 2, 1, 0, 2, 4, 4),
    owners: ['anna', 'bert', 'cleo', 'nobody', 'dora'],
  };

  it('asks for no labels, which take long to draw where there are many', () => {
    const unread = {
      ...data,
      get labels(): Int32Array {
        throw new Error('labels were read');
      },
    };
    expect(allIndices(make({ kind: 'natural' }, unread))).to.deep.equal(
      allIndices(make({ kind: 'natural' }, data)),
    );
  });

  it('makes each owner with examples a client, in the owners’ order', () => {
    expect(allIndices(make({ kind: 'natural' }, data))).to.deep.equal([[1, 4], [3], [0, 2, 5], [6, 7]]);
  });

  it('leaves out owners with fewer examples than the minimum', () => {
    expect(allIndices(make({ kind: 'natural', minimum: 2 }, data))).to.deep.equal([
      [1, 4],
      [0, 2, 5],
      [6, 7],
    ]);
  });

  it('groups whole owners into fewer clients, as many to each', () => {
    const groups = allIndices(make({ kind: 'natural', clients: 2 }, data));
    const owners = groups.map((list) => new Set(list.map((i) => data.owner?.[i])));
    expect(owners.map((set) => set.size)).to.deep.equal([2, 2]);
    expect(sum(sizes(groups))).to.equal(8);
  });

  it('refuses what it cannot make', () => {
    expect(() => make({ kind: 'natural' }, { seed: 1, classes: 2, labels: data.labels })).to.throw(
      PartitionError,
      'this dataset has no natural owners',
    );
    expect(() => make({ kind: 'natural', clients: 5 }, data)).to.throw(
      PartitionError,
      '5 clients but only 4 owners with at least 1 example: use 4 clients or fewer',
    );
    expect(() => make({ kind: 'natural', minimum: 9 }, data)).to.throw(
      PartitionError,
      'no owner has 9 examples; the largest owner has 3',
    );
  });
});

describe('all partitions', () => {
  it('refuse to be split among no clients', () => {
    for (const kind of ['iid', 'shards', 'dirichlet', 'labels', 'natural', 'dirichlet-draw']) {
      expect(() => make({ kind, clients: 0 }, someData())).to.throw(/at least one client/);
    }
  });

  it('refuse more clients than examples', () => {
    for (const kind of ['iid', 'quantity-power-law', 'dirichlet', 'quantity-dirichlet']) {
      expect(() => make({ kind, clients: 101 }, someData(100))).to.throw(
        PartitionError,
        '101 clients with at least 1 example each need 101 examples; there are 100: use 100 clients or fewer',
      );
    }
  });

  it('refuse labels that are no classes', () => {
    const data = { seed: 1, classes: 3, labels: Int32Array.of(0, 1, 3) };
    for (const kind of ['shards', 'dirichlet', 'labels', 'dirichlet-draw']) {
      expect(() => make({ kind, clients: 1 }, data)).to.throw(PartitionError, 'example 2 has the label 3');
    }
  });
});
