import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { readRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { mainFile, startProgram } from '../support/murmur.js';
import { wire } from '../support/namespaces.js';
import { afterRounds, tinyRecipe } from '../support/network.js';
import { outcome } from '../support/outcome.js';

describe('a network that delays and loses', function () {
  this.timeout(240_000);
  const folder = temporaryFolder();

  it('changes nothing: a coordinator and workers in namespaces of their own, the wire pulled out for a while', async function () {
    const wired = wire(this);
    try {
      // Messages of 240 kB: so much that some of it is late or lost.
      const recipe = folder.write(
        'recipe.yaml',
        tinyRecipe({ model: { kind: 'mlp', hidden: [2000] }, rounds: 8 }),
      );
      const [whole, out] = [folder.path('whole'), folder.path('out')];
      await simulate(readRecipe(recipe), { out: whole, threads: 1 });
      const start = (machine: number, ...args: string[]) => {
        const [program, ...rest] = wired.prefixes[machine];
        return startProgram(program, [...rest, process.execPath, mainFile, ...args]);
      };
      const { address } = wired;
      const coordinator = start(0, 'serve', recipe, '--host', address, '--port', '7400', '--out', out);
      const workers = ['0-2', '3-5'].map((clients) =>
        start(
          ...([1, 'join', `ws://${address}:7400`, '--threads', '1', '--clients', clients] as const),
          ...['--state', folder.path(clients)],
        ),
      );
      await afterRounds(out, 2, coordinator, ...workers);
      wired.plug(false);
      await setTimeout(500);
      wired.plug(true);
      for (const { finished } of [coordinator, ...workers]) {
        const { code, stderr } = await finished;
        expect(code, stderr).to.equal(0);
      }
      expect(wired.lost()).to.be.above(0);
      expect(outcome(out)).to.deep.equal(outcome(whole));
    } finally {
      wired.remove();
    }
  });
});
