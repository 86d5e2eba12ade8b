import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { temporaryFolder } from '../support/folder.js';
import { afterRounds, freePort, startServer, startWorker, tinyRecipe } from '../support/network.js';

describe('a coordinator that was killed when the record was written and nobody had heard of it', function () {
  this.timeout(240_000);
  const folder = temporaryFolder();

  it('stays, when it is started again, until its worker has heard, and then has nobody to wait for', async () => {
    const recipe = folder.write('recipe.yaml', tinyRecipe({ rounds: 30 }));
    const [out, state] = [folder.path('out'), folder.path('state')];
    const port = await freePort();
    const serve = () => startServer(recipe, out, '--port', `${port}`, '--resume');
    const processes = [serve(), startWorker(port, state)];
    await afterRounds(out, 3, ...processes);
    // What the kill would leave: the members who were not told, and a worker that knows who it is.
    const [members, identity] = [join(out, 'workers.json'), join(state, 'identity.json')];
    copyFileSync(members, folder.path('workers.json'));
    copyFileSync(identity, folder.path('identity.json'));
    for (const { finished } of processes) expect((await finished).code).to.equal(0);
    copyFileSync(folder.path('workers.json'), members);
    mkdirSync(state, { recursive: true });
    copyFileSync(folder.path('identity.json'), identity);

    const again = [startWorker(port, state), serve()];
    for (const { finished } of again) {
      const { code, stderr } = await finished;
      expect(code, stderr).to.equal(0);
    }
    const { members: left } = JSON.parse(readFileSync(members, 'utf8')) as { members: unknown[] };
    expect(left).to.deep.equal([]);
    expect((await serve().finished).code).to.equal(0);
  });
});
