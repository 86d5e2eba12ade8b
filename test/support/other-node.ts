/** Tests on another Node.js than the one that runs the tests: a recipe of each algorithm ends in the same bits there. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { algorithmCases } from './algorithm-cases.js';
import { temporaryFolder } from './folder.js';
import { murmur, run } from './murmur.js';
import { outcome } from './outcome.js';
import { outsidePlugin } from './outside-plugin.js';
import { need, nodeOf } from './requirements.js';
import { smallRecipe } from './small-recipe.js';

/** Tests that pin bits, without those of a browser and a compiler, which do not depend on the Node.js. */
const pinned = ['numerics/**/*', 'topologies/**/*', 'learning/{*,wasm/**/!(chromium|native)}'].map(
  (files) => `dist/test/${files}.test.js`,
);

/**
 * Each version has a test file of its own, so that they run in parallel.
 * @param version a major version, or an exact one
 */
export function describeNode(version: string): void {
  describe(`Node.js ${version}`, () => {
    const folder = temporaryFolder();
    const node = nodeOf(version);
    const isMajor = /^\d+$/.test(version);

    before(async function () {
      this.timeout(120_000);
      need(this, `Node.js ${version} (${node})`, existsSync(node));
      const program = fileURLToPath(new URL('simulate-cases.js', import.meta.url));
      const [there, here] = await Promise.all([
        run(node, [program, folder.path('there')]),
        run(process.execPath, [program, folder.path('here')]),
      ]);
      expect(there.code, there.stderr).to.equal(0);
      expect(here.code, here.stderr).to.equal(0);
    });

    it('is the version under test, and the command starts without a warning', async () => {
      const { stdout } = await run(node, ['--version']);
      expect(isMajor ? stdout.split('.')[0] : stdout.trim()).to.equal(`v${version}`);
      const { code, stdout: help, stderr } = await murmur(['--help'], { node });
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(help).to.include('Usage: murmur');
    });

    for (const name of Object.keys(algorithmCases)) {
      it(`ends in the same bits as the Node.js that runs the tests: ${name}`, () => {
        expect(outcome(folder.path('there', name))).to.deep.equal(outcome(folder.path('here', name)));
      });
    }

    it('simulates by the command in two threads, with a plugin outside every package', async () => {
      const file = folder.write('outside.mjs', outsidePlugin);
      const recipe = folder.write('outside.yaml', smallRecipe());
      const args = [
        'simulate',
        recipe,
        '--plugin',
        file,
        '--set',
        'algorithm.kind=outside',
        '--threads',
        '2',
      ];
      const { code, stderr } = await murmur([...args, '--out', folder.path('outside')], { node });
      expect(code, stderr).to.equal(0);
      expect(stderr).to.not.match(/warning/i);
    });

    // Another minor version of the same V8 has the same arithmetic.
    if (isMajor) {
      it('passes the tests that pin bits', async function () {
        this.timeout(300_000);
        const mocha = ['node_modules/mocha/bin/mocha.js', '--no-config', '--timeout', '60000'];
        const { code, stdout } = await run(node, [...mocha, ...pinned]);
        expect(code, stdout).to.equal(0);
      });
    }
  });
}
