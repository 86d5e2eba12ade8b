/** A run's directory that two processes have open: one was taken for dead and writes on. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseRecipe } from '../../recipe/index.js';
import { RunDirectory, type RunEvent } from '../../runs/index.js';
import { temporaryFolder } from '../support/folder.js';
import { smallRecipe } from '../support/small-recipe.js';

const event = (round: number): RunEvent => ({ type: 'evaluation', round, on: 'test', accuracy: 0, loss: 0 });
const recipe = parseRecipe(smallRecipe());

describe("a run's directory", () => {
  const folder = temporaryFolder();
  const rounds = (path: string) =>
    readFileSync(join(path, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as RunEvent).round);

  it('is not written into by who had it before it was resumed', () => {
    const path = folder.path('two');
    const orphan = RunDirectory.create(recipe, path);
    orphan.append(event(1));
    orphan.checkpoint('after 1');
    orphan.append(event(2));
    const { directory, content } = RunDirectory.resume(recipe, path);
    expect(content).to.equal('after 1');
    orphan.append(event(3));
    directory.append(event(2));
    expect(rounds(path)).to.deep.equal([1, 2]);
    orphan.close();
    directory.close();
  });

  it('goes back to a round, and further than its checkpoint, which is then gone', () => {
    const path = folder.path('back');
    const directory = RunDirectory.create(recipe, path);
    for (const round of [1, 2]) directory.append(event(round));
    directory.checkpoint('after 2');
    directory.append(event(3));
    directory.rewind(2);
    directory.append({ type: 'return', round: 2, told: 3 });
    directory.append(event(3));
    expect(rounds(path)).to.deep.equal([1, 2, 2, 3]);
    expect(RunDirectory.resume(recipe, path).content).to.equal('after 2');
    expect(rounds(path)).to.deep.equal([1, 2]);
    directory.rewind(1);
    expect(rounds(path)).to.deep.equal([1]);
    expect(RunDirectory.resume(recipe, path).content).to.equal(undefined);
    directory.close();
  });

  it('is begun anew where its checkpoint speaks of metrics that it has not', () => {
    const path = folder.path('ahead');
    const first = RunDirectory.create(recipe, path);
    first.append(event(1));
    first.checkpoint('after 1');
    first.close();
    writeFileSync(join(path, 'metrics.jsonl'), '');
    const { directory, content } = RunDirectory.resume(recipe, path);
    expect(content).to.equal(undefined);
    directory.append(event(1));
    expect(rounds(path)).to.deep.equal([1]);
    directory.close();
  });

  it('goes on where the kill came before its folder of checkpoints, and is rid of files cut short', () => {
    const path = folder.path('early');
    RunDirectory.create(recipe, path).close();
    rmSync(join(path, 'checkpoints'), { recursive: true });
    writeFileSync(join(path, 'run.json.1234abcd.writing'), 'half');
    const { directory } = RunDirectory.resume(recipe, path);
    directory.checkpoint('kept');
    directory.close();
    expect(RunDirectory.resume(recipe, path).content).to.equal('kept');
    expect(existsSync(join(path, 'run.json.1234abcd.writing'))).to.equal(false);
  });
});
