/** Run directories that are one process's. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseRecipe } from '../../recipe/index.js';
import { createRun, readEvents, resumeRun, RunInUseError, type OpenedRun } from '../../records/host/index.js';
import { RunDirectoryError, type RunEvent } from '../../records/index.js';
import { temporaryFolder } from '../support/folder.js';
import { smallRecipe } from '../support/small-recipe.js';

const event = (round: number): RunEvent => ({ type: 'evaluation', round, on: 'test', accuracy: 0, loss: 0 });
const recipe = parseRecipe(smallRecipe());
const dependencies = { checksums: { 'd.csv': 'aa' }, bits: [] };
const changed = { ...dependencies, bits: ['2099-01-01-x'] };

async function refusal(opening: Promise<OpenedRun>): Promise<RunDirectoryError> {
  try {
    (await opening).close();
  } catch (error) {
    if (error instanceof RunDirectoryError) return error;
    throw error;
  }
  return expect.fail('it is not refused');
}

describe("a run's directory that a process uses", () => {
  const folder = temporaryFolder();

  it('is refused to all others, also with redo, and stays as it is', async () => {
    const path = folder.path('busy');
    const run = await createRun(recipe, path, dependencies);
    run.directory.append(event(1));
    run.directory.checkpoint('after 1');
    for (const opening of [
      resumeRun(recipe, path, dependencies),
      resumeRun(recipe, path, changed, { redo: true }),
    ]) {
      const error = await refusal(opening);
      expect(error).to.be.instanceOf(RunInUseError);
      expect(error.message).to.include(`${path} is in use by process ${process.pid} on `);
    }
    expect((await refusal(createRun(recipe, path, dependencies))).message).to.include('exists already');
    run.directory.append(event(2));
    run.close();
    expect(readEvents(path).map(({ round }) => round)).to.deep.equal([1, 2]);
    expect(readdirSync(path)).not.to.include('in-use');
    const again = await resumeRun(recipe, path, changed, { redo: true });
    expect(again.content).to.equal(undefined);
    again.close();
  });

  it('is made by one of five that begin at once', async () => {
    const path = folder.path('deep', 'race');
    const begun = await Promise.allSettled(
      Array.from({ length: 5 }, () => createRun(recipe, path, dependencies)),
    );
    const runs = begun.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(runs).to.have.length(1);
    for (const one of begun) {
      if (one.status === 'rejected') expect(one.reason).to.be.instanceOf(RunDirectoryError);
    }
    runs[0].directory.append(event(1));
    runs[0].close();
    expect(readEvents(path)).to.have.length(1);
  });

  it('is not changed by a process of which another machine took it over', async () => {
    const path = folder.path('taken');
    const orphan = await createRun(recipe, path, dependencies);
    orphan.directory.append(event(1));
    orphan.directory.checkpoint('after 1');
    orphan.directory.append(event(2));
    // As the other machine does, once it has not seen the lock touched for long.
    rmSync(join(path, 'in-use'), { recursive: true });
    const next = await resumeRun(recipe, path, dependencies);
    expect(next.content).to.equal('after 1');
    const before = readFileSync(join(path, 'checkpoints/latest.bin'));
    const writes = [
      () => {
        orphan.directory.append(event(3));
      },
      () => {
        orphan.directory.checkpoint('after 3');
      },
      () => {
        orphan.directory.rewind(0);
      },
      () => {
        orphan.directory.diverge({ round: 3, message: 'm' });
      },
    ];
    for (const write of writes) expect(write).to.throw(RunInUseError, 'was taken over');
    next.directory.append(event(2));
    expect(readEvents(path).map(({ round }) => round)).to.deep.equal([1, 2]);
    expect(readFileSync(join(path, 'checkpoints/latest.bin')).equals(before)).to.equal(true);
    orphan.close();
    expect(await refusal(resumeRun(recipe, path, dependencies))).to.be.instanceOf(RunInUseError);
    next.close();
  });

  it('is gone with all folders that were made for it if the run cannot begin', async () => {
    const run = await createRun(recipe, folder.path('a', 'b', 'c'), dependencies);
    run.directory.discard();
    run.close();
    expect(existsSync(folder.path('a'))).to.equal(false);
  });
});
