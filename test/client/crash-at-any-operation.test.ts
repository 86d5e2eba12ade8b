/** Whichever file operation of a worker fails, or is the last before a kill: it finds what was durable, and goes on. */
import { expect } from 'chai';
import { WorkerStore } from '../../client/host/index.js';
import type { SimulatedDisk } from '../faults/simulated-disk.js';
import { faults, withEachOperation } from '../support/single-fault.js';

const identity = { run: 'run', worker: 'w1', secret: 's' };
const state = (client: number, round: number) => ({
  client,
  round,
  state: `${client} after ${round}`,
});

describe("a worker's folder of which any file operation may be the last", () => {
  for (const fault of faults) {
    for (const part of [0, 0.5, 0.999]) {
      it(`is as it was, or as it was to be, after ${fault} with ${part} of what was under way`, () => {
        /** Which names are durable; which must not come back. */
        let durable = new Set<string>();
        let gone = new Set<string>();
        const use = (disk: SimulatedDisk) => {
          durable = new Set();
          gone = new Set();
          const store = new WorkerStore('.', disk);
          store.writeIdentity(identity);
          durable.add('identity.json');
          for (const [client, round] of [
            [0, 1],
            [1, 1],
            [0, 2],
          ]) {
            store.writeState(state(client, round));
            durable.add(`run/${client}-${round}.bin`);
          }
          durable.delete('run/0-1.bin');
          store.forgetState(0, 1);
          for (const round of [2, 4, 6]) {
            store.writeNodes(round, `nodes after ${round}`, () => durable.add(`run/nodes-${round}.bin`));
          }
          durable.delete('run/nodes-2.bin');
          store.forgetRounds(4);
          durable.delete('run/nodes-6.bin');
          store.dropRounds(4, () => gone.add('run/nodes-6.bin'));
          durable = new Set();
          store.forgetRun();
        };
        const check = (disk: SimulatedDisk, place: string) => {
          const found = new WorkerStore('.', disk);
          const before = [found.identity, found.states(), found.rounds()];
          // What a restart relies on is durable.
          disk.losePower();
          const store = new WorkerStore('.', disk);
          expect([store.identity, store.states(), store.rounds()], place).to.deep.equal(before);
          for (const path of durable) expect(disk.paths, place).to.include(path);
          for (const path of gone) expect(disk.paths, place).not.to.include(path);
          expect(
            disk.paths.filter((path) => path.endsWith('.writing')),
            place,
          ).to.deep.equal([]);
          for (const { client, round, state: kept } of store.states()) {
            expect(kept, place).to.equal(state(client, round).state);
          }
          for (const round of store.rounds()) expect(store.readNodes(round)).to.equal(`nodes after ${round}`);
          if (store.identity === undefined) store.writeIdentity(identity);
          store.writeState(state(2, 3));
          expect(new WorkerStore('.', disk).states(), place).to.deep.include(state(2, 3));
        };
        expect(withEachOperation(fault, part, use, check)).to.be.above(40);
      });
    }
  }
});
