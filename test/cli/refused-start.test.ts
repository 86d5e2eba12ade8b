/** A run that is refused at its start leaves no directory behind. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect } from 'chai';
import { temporaryFolder } from '../support/folder.js';
import { murmur } from '../support/murmur.js';
import { smallRecipe } from '../support/small-recipe.js';

describe('a run that is refused at its start', function () {
  this.timeout(240_000);
  const folder = temporaryFolder();

  it('leaves no directory behind, neither the default nor one of --out', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const port = `${(taken.address() as AddressInfo).port}`;
    const junk = folder.write('junk.safetensors', 'no weights');
    const recipe = folder.write('recipe.yaml', smallRecipe());
    const weights = folder.write('weights.yaml', smallRecipe({ init: { file: junk } }));
    const cases: readonly (readonly string[])[] = [
      ['simulate', weights],
      ['launch', weights],
      ['serve', weights, '--port', '0'],
      ['serve', recipe, '--port', port],
      ['serve', recipe, '--port', '0', '--host', 'no.such.host.invalid'],
      ['serve', recipe, '--port', '0', '--tls-cert', junk, '--tls-key', junk],
    ];
    const cwd = folder.path('here');
    mkdirSync(cwd);
    for (const words of cases) {
      for (const out of [[], ['--out', 'deep/out']]) {
        const { code, stderr } = await murmur([...words, ...out], { cwd });
        expect(code, stderr).to.be.oneOf([2, 4]);
        expect(existsSync(folder.path('here', 'deep')), stderr).to.equal(false);
      }
    }
    const runs = folder.path('here', 'runs');
    expect(existsSync(runs) ? readdirSync(runs) : []).to.deep.equal([]);
    taken.close();
  });
});
