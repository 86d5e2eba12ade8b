import { expect } from 'chai';
import { temporaryFolder } from '../support/folder.js';
import { mainFile, murmur, run } from '../support/murmur.js';
import { refused } from '../support/refused.js';
import { smallRecipe } from '../support/small-recipe.js';

describe('the command line', () => {
  const folder = temporaryFolder();
  const recipe = folder.write('small.yaml', smallRecipe());
  const simulate = (...more: string[]) => ['simulate', recipe, '--threads', '1', ...more];

  it('unknown commands and options, and values that cannot be', async () => {
    expect(await refused(2, ['simulat']))
      .to.include("unknown command 'simulat'")
      .and.include('simulate');
    expect(await refused(2, simulate('--thread', '2')))
      .to.include("unknown option '--thread'")
      .and.include('--threads');
    expect(await refused(2, simulate('--threads', '0'))).to.include('At least 1.');
    expect(await refused(2, simulate('--seed', '1.5'))).to.include('not a whole number');
    // None of these is 0, 16, or the last of two.
    expect(await refused(2, ['topology', 'ring', '--nodes', '5', '--seed', ''])).to.include(
      'not a whole number',
    );
    expect(await refused(2, ['topology', 'ring', '--nodes', '0x10'])).to.include('not a whole number');
    expect(await refused(2, simulate('--set', 'rounds=1', '--set', 'rounds=2'))).to.include(
      'rounds is set twice.',
    );
    expect(await refused(2, ['topology', 'ring', '--nodes', '5', '--set', 'kind=star'])).to.include(
      '--set kind: the kind is the first argument, here ring',
    );
    expect(await refused(2, ['data', 'get', 'mnist', '--mirror', 'foo'])).to.include(
      '--mirror foo: give a URL',
    );
    expect(await refused(2, ['list', 'flowers'])).to.include('algorithms, models, losses, datasets');
    expect(await refused(2, ['serve', recipe, '--port', '99999'])).to.include('At most 65535.');
    expect(await refused(2, ['serve', recipe, '--token', folder.path('token.txt')])).to.include(
      'there is no file',
    );
    expect(await refused(2, simulate('--resume'))).to.include('--out DIR');
  });

  it('a help that was asked for is no failure', async () => {
    for (const args of [['--help'], ['simulate', '--help'], ['--version']]) {
      expect((await murmur(args)).code).to.equal(0);
    }
  });

  it('a reader that stops reading early is no failure', async () => {
    const { code, stdout, stderr } = await run('sh', [
      '-c',
      `{ ${process.execPath} ${mainFile} list algorithms; echo "exit $?" >&2; } | head -n 1`,
    ]);
    expect([code, stdout]).to.deep.equal([0, 'fedsgd\n']);
    expect(stderr).to.equal('exit 0\n');
  });
});
