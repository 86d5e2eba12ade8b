/** What every partition must do, whatever its kind. */
import { expect } from 'chai';
import { openPartition, partitions, sharePartition } from '../../data/index.js';
import { allIndices, cases, make, someData } from './partition-cases.js';

describe('every partition', () => {
  it('has a case here', () => {
    expect(new Set(cases.map(({ choice }) => choice.kind))).to.deep.equal(
      new Set(partitions.entries.map(({ kind }) => kind)),
    );
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
});
