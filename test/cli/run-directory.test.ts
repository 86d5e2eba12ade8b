import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { temporaryFolder } from '../support/folder.js';
import { murmur } from '../support/murmur.js';
import { outcome } from '../support/outcome.js';
import { refused } from '../support/refused.js';
import { smallRecipe } from '../support/small-recipe.js';

describe('the run directory', () => {
  const folder = temporaryFolder();
  const recipe = folder.write('small.yaml', smallRecipe());
  const cwd = folder.path();
  const refusedHere = (code: number, args: readonly string[]) => refused(code, args, { cwd });
  const simulate = (...more: string[]) => ['simulate', recipe, '--threads', '1', ...more];

  it('one that exists is left alone', async () => {
    mkdirSync(folder.path('taken'));
    writeFileSync(folder.path('taken', 'thesis.tex'), 'years of work');
    expect(await refusedHere(2, simulate('--out', 'taken'))).to.match(
      /taken exists already and holds other things than a run: .*--out/,
    );
    expect(readdirSync(folder.path('taken'))).to.deep.equal(['thesis.tex']);
  });

  it('one that cannot be made is named', async () => {
    writeFileSync(folder.path('file'), '');
    expect(await refusedHere(2, simulate('--out', 'file'))).to.include('file is a file: name a folder');
    expect(await refusedHere(4, simulate('--out', 'file/run'))).to.match(
      /file\/run: a part of this path is a file/,
    );
    expect(await refusedHere(4, simulate('--out', '/proc/run'))).to.match(/\/proc\/run/);
  });

  it('a finished run is not run again', async () => {
    expect((await murmur(simulate('--out', 'done'), { cwd })).code).to.equal(0);
    expect(await refusedHere(2, simulate('--out', 'done'))).to.match(/done exists already.*--resume.*--out/);
    const before = outcome(folder.path('done'));
    const { code, stdout, stderr } = await murmur(simulate('--out', 'done', '--resume'), {
      cwd,
    });
    expect(code).to.equal(0);
    expect(stderr).to.equal('The run was finished already; nothing to do.\n');
    expect(stdout).to.include(before.weightsSha256);
    expect(outcome(folder.path('done'))).to.deep.equal(before);
  });

  it("another recipe's run is refused, naming the field", async () => {
    const other = simulate('--out', 'done', '--resume', '--set', 'algorithm.optimizer.learningRate=0.2');
    expect(await refusedHere(2, other)).to.match(
      /another recipe: 'algorithm\.optimizer\.learningRate' differs/,
    );
    expect(await refusedHere(2, simulate('--out', 'taken', '--resume'))).to.include('holds no run');
    expect(await refusedHere(2, simulate('--out', 'nowhere', '--resume'))).to.include('holds no run');
  });
});
