/** A run's directory that two processes have open: one was taken for dead and writes on. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseRecipe } from '../../recipe/index.js';
import { RunDirectory } from '../../records/host/index.js';
import { RunDirectoryError, type RunEvent } from '../../records/index.js';
import { temporaryFolder } from '../support/folder.js';
import { smallRecipe } from '../support/small-recipe.js';

const event = (round: number): RunEvent => ({ type: 'evaluation', round, on: 'test', accuracy: 0, loss: 0 });
const recipe = parseRecipe(smallRecipe());
const dependencies = { checksums: { 'd.csv': 'aa' }, bits: [] };

describe("a run's directory", () => {
  const folder = temporaryFolder();
  const rounds = (path: string) =>
    readFileSync(join(path, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as RunEvent).round);

  it('is refused where data, files, plugins or bits have changed, and begun again with redo', () => {
    const path = folder.path('changed');
    const first = RunDirectory.create(recipe, path, dependencies);
    first.append(event(1));
    first.checkpoint('after 1');
    first.close();
    const others = {
      'the SHA-256 of d.csv is aa then, and bb now': { ...dependencies, checksums: { 'd.csv': 'bb' } },
      'plugin a.js is there now only, with the SHA-256 cc': {
        ...dependencies,
        checksums: { ...dependencies.checksums, 'plugin a.js': 'cc' },
      },
      '2099-01-01-x counts now only': { ...dependencies, bits: ['2099-01-01-x'] },
    };
    for (const [sentence, other] of Object.entries(others)) {
      expect(() => RunDirectory.resume(recipe, path, other)).to.throw(RunDirectoryError, sentence);
    }
    expect(RunDirectory.resume(recipe, path, dependencies, true).content).to.equal('after 1');
    const [changed] = Object.values(others);
    const { directory, content } = RunDirectory.resume(recipe, path, changed, true);
    expect(content).to.equal(undefined);
    directory.append(event(1));
    directory.close();
    expect(rounds(path)).to.deep.equal([1]);
    expect(() => RunDirectory.resume(recipe, path, dependencies)).to.throw('do the run again with --redo');
    RunDirectory.resume(recipe, path, changed).directory.close();
  });

  it('has its metrics in a file of its own once it was resumed', () => {
    const path = folder.path('two');
    const orphan = RunDirectory.create(recipe, path, dependencies);
    orphan.append(event(1));
    orphan.checkpoint('after 1');
    orphan.append(event(2));
    const { directory, content } = RunDirectory.resume(recipe, path, dependencies);
    expect(content).to.equal('after 1');
    orphan.append(event(3));
    directory.append(event(2));
    expect(rounds(path)).to.deep.equal([1, 2]);
    orphan.close();
    directory.close();
  });

  it('goes back to a round, and further than its checkpoint, which is then gone', () => {
    const path = folder.path('back');
    const directory = RunDirectory.create(recipe, path, dependencies);
    for (const round of [1, 2]) directory.append(event(round));
    directory.checkpoint('after 2');
    directory.append(event(3));
    directory.rewind(2);
    directory.append({ type: 'return', round: 2, told: 3 });
    directory.append(event(3));
    expect(rounds(path)).to.deep.equal([1, 2, 2, 3]);
    expect(RunDirectory.resume(recipe, path, dependencies).content).to.equal('after 2');
    expect(rounds(path)).to.deep.equal([1, 2]);
    directory.rewind(1);
    expect(rounds(path)).to.deep.equal([1]);
    expect(RunDirectory.resume(recipe, path, dependencies).content).to.equal(undefined);
    directory.close();
  });

  it('is begun anew where its checkpoint speaks of metrics that it has not', () => {
    const path = folder.path('ahead');
    const first = RunDirectory.create(recipe, path, dependencies);
    first.append(event(1));
    first.checkpoint('after 1');
    first.close();
    writeFileSync(join(path, 'metrics.jsonl'), '');
    const { directory, content } = RunDirectory.resume(recipe, path, dependencies);
    expect(content).to.equal(undefined);
    directory.append(event(1));
    expect(rounds(path)).to.deep.equal([1]);
    directory.close();
  });

  it('goes on where the kill came before its folder of checkpoints, and is rid of files cut short', () => {
    const path = folder.path('early');
    RunDirectory.create(recipe, path, dependencies).close();
    rmSync(join(path, 'checkpoints'), { recursive: true });
    writeFileSync(join(path, 'run.json.1234abcd.writing'), 'half');
    const { directory } = RunDirectory.resume(recipe, path, dependencies);
    directory.checkpoint('kept');
    directory.close();
    expect(RunDirectory.resume(recipe, path, dependencies).content).to.equal('kept');
    expect(existsSync(join(path, 'run.json.1234abcd.writing'))).to.equal(false);
  });
});
