/** What every partition must do, whatever its kind. */
import { expect } from 'chai';
import fc from 'fast-check';
import { openPartition, PartitionError, partitions, sharePartition } from '../../data/index.js';
import { allIndices, cases, make, someData } from './partition-cases.js';

describe('every partition', () => {
  it('has a case here', () => {
    const here = new Set(cases.map(({ choice }) => choice.kind));
    // Of 'local' only the workers know who holds what: test/network/own-data.test.ts.
    expect(new Set([...here, 'local'])).to.deep.equal(new Set(partitions.entries.map(({ kind }) => kind)));
  });

  for (const { choice, clients, disjoint, covers, unseeded = false } of cases) {
    describe(JSON.stringify(choice), () => {
      const context = someData();
      const partition = make(choice, context);
      const lists = allIndices(partition);
      const held = lists.flat();

      it('has the promised number of clients, none of them empty, and says their sizes', () => {
        expect(partition.clients).to.equal(clients);
        expect(lists.map((_, client) => partition.size(client))).to.deep.equal(
          lists.map((list) => list.length),
        );
        expect(Math.min(...lists.map((list) => list.length))).to.be.at.least(1);
      });

      it('holds indices of examples, ascending within each client', () => {
        expect(held.every((i) => Number.isInteger(i) && i >= 0 && i < context.labels.length)).to.equal(true);
        for (const list of lists) expect(list).to.deep.equal([...list].sort((a, b) => a - b));
      });

      it(`holds ${disjoint ? 'no example twice' : 'some example twice'}`, () => {
        expect(new Set(held).size === held.length).to.equal(disjoint);
      });

      it(`holds ${covers ? 'every example' : 'only some examples'}`, () => {
        expect(new Set(held).size === context.labels.length).to.equal(covers);
      });

      it(`is the same again from the same seed, and ${unseeded ? 'from another' : 'not from another'}`, () => {
        expect(allIndices(make(choice, context))).to.deep.equal(lists);
        const other = allIndices(make(choice, { ...context, seed: context.seed + 1 }));
        expect(JSON.stringify(other) === JSON.stringify(lists)).to.equal(unseeded);
      });

      it('is the same after it was sent to another thread', () => {
        const opened = openPartition(structuredClone(sharePartition(partition)));
        expect(opened.clients).to.equal(clients);
        expect(lists.map((_, client) => opened.size(client))).to.deep.equal(lists.map((list) => list.length));
        expect(allIndices(opened)).to.deep.equal(lists);
      });
    });
  }

  it('holds valid examples, or is refused with a sentence, for any labels and any number of clients', () => {
    const settings = fc.record({
      labels: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 60 }),
      clients: fc.integer({ min: 1, max: 20 }),
      seed: fc.nat(1000),
      place: fc.nat(cases.length - 1),
    });
    let made = 0;
    fc.assert(
      fc.property(settings, ({ labels, clients, seed, place }) => {
        const { choice, disjoint } = cases[place];
        const owner = Int32Array.from(labels, (_, i) => i % 7);
        const context = { seed, classes: 5, labels: Int32Array.from(labels), owner };
        let lists: number[][];
        try {
          lists = allIndices(make({ ...choice, clients }, context));
        } catch (error) {
          expect(error).to.be.instanceOf(PartitionError);
          return;
        }
        made++;
        expect(lists.length).to.equal(clients);
        expect(Math.min(...lists.map((list) => list.length))).to.be.at.least(1);
        expect(lists.flat().every((i) => i >= 0 && i < labels.length)).to.equal(true);
        if (disjoint) expect(new Set(lists.flat()).size).to.equal(lists.flat().length);
      }),
      { numRuns: 400 },
    );
    expect(made).to.be.above(80);
  });
});
