/** Whichever file operation of a run fails, or is the last before a kill: the run can be resumed from all that was durable. */
import { expect } from 'chai';
import { buildFederation, parseRecipe } from '../../recipe/index.js';
import { readEvents, readRecord, RunDirectory } from '../../records/host/index.js';
import type { RunEvent, RunRecord } from '../../records/index.js';
import { simulate } from '../../simulator/index.js';
import type { SimulatedDisk } from '../faults/simulated-disk.js';
import { faults, withEachOperation } from '../support/single-fault.js';

const event = (round: number): RunEvent => ({ type: 'evaluation', round, on: 'test', accuracy: 0, loss: 0 });
const recipe = parseRecipe(
  JSON.stringify({
    name: 'tiny',
    data: { dataset: { kind: 'synthetic', clients: 2, dimension: 2 }, partition: 'natural' },
    model: 'logistic',
    algorithm: { kind: 'fedavg', amount: { epochs: 1 }, batchSize: 10 },
    rounds: 1,
  }),
);
const dependencies = { checksums: { 'd.csv': 'aa' }, bits: [] };
const RUN = 'run';

const resume = (disk: SimulatedDisk) =>
  RunDirectory.exists(RUN, disk)
    ? RunDirectory.resume(recipe, RUN, dependencies, false, disk)
    : { directory: RunDirectory.create(recipe, RUN, dependencies, disk) };

describe('a run of which any file operation may be the last', () => {
  let record: RunRecord;
  const { manifest } = buildFederation(recipe).model;
  const model = { manifest, values: new Float32Array(manifest.length) };
  before(async () => {
    ({ record } = await simulate(recipe, { threads: 1 }));
  });

  for (const fault of faults) {
    for (const part of fault.startsWith('E') ? [0.5] : [0, 0.999]) {
      it(`is resumed after ${fault}, with ${part} of what was under way`, () => {
        /** The rounds of the last checkpoint that is durable, and those of one that is being written. */
        let durable: number[] | undefined;
        let isFinished = false;
        const use = (disk: SimulatedDisk) => {
          durable = undefined;
          isFinished = false;
          const keep = (directory: RunDirectory, rounds: number[]) => {
            directory.checkpoint(rounds);
            durable = rounds;
          };
          const { directory } = resume(disk);
          for (const round of [1, 2]) directory.append(event(round));
          keep(directory, [1, 2]);
          for (const round of [3, 4]) directory.append(event(round));
          keep(directory, [1, 2, 3, 4]);
          durable = undefined;
          directory.rewind(1);
          durable = undefined;
          for (const round of [2, 3]) directory.append(event(round));
          keep(directory, [1, 2, 3]);
          directory.append(event(4));
          directory.finish(record, model);
          isFinished = true;
        };
        const check = (disk: SimulatedDisk, place: string) => {
          const { directory, content, finished } = {
            finished: undefined,
            content: undefined,
            ...resume(disk),
          };
          expect(
            disk.paths.filter((path) => path.endsWith('.writing')),
            place,
          ).to.deep.equal([]);
          // What a restart relies on is durable.
          disk.losePower();
          if (finished !== undefined) {
            expect(readRecord(RUN, disk), place).to.deep.equal(finished);
            expect(readEvents(RUN, disk).map(({ round }) => round)).to.deep.equal([1, 2, 3, 4]);
            return;
          }
          expect(isFinished, place).to.equal(false);
          const rounds = readEvents(RUN, disk).map(({ round }) => round);
          expect(rounds, `${place}: events without their checkpoint`).to.deep.equal(content ?? []);
          expect(rounds.length, `${place}: a checkpoint is lost`).to.be.at.least(durable?.length ?? 0);
          directory.append(event(9));
          directory.checkpoint([...rounds, 9]);
          expect(resume(disk))
            .to.have.property('content')
            .that.deep.equals([...rounds, 9]);
        };
        expect(withEachOperation(fault, part, use, check)).to.be.above(40);
      });
    }
  }
});
