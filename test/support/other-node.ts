/** What a recipe ends in, and the tests in which bits are pinned, on another Node.js than the one that runs the tests. */
import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { algorithmCases } from './algorithm-cases.js';
import { temporaryFolder } from './folder.js';
import { murmur, run } from './murmur.js';
import { outcome } from './outcome.js';
import { outsidePlugin } from './outside-plugin.js';
import { need, nodeOf } from './requirements.js';
import { smallRecipe } from './small-recipe.js';

/** Rooms in which bits are pinned; without a browser's and a compiler's, which are the same beside every Node.js. */
const pinned = ['numerics/**/*', 'topologies/**/*', 'learning/{*,wasm/**/!(chromium|native)}'].map(
  (files) => `dist/test/${files}.test.js`,
);

/** One file for each, so that they run side by side. */
export function describeNode(major: number): void {
  describe(`Node.js ${major}`, () => {
    const folder = temporaryFolder();
    const node = nodeOf(major);
    before(function () {
      need(this, `Node.js ${major} (${node})`, existsSync(node));
    });

    for (const [index, [name, text]] of Object.entries(algorithmCases).entries()) {
      it(`ends in the same bits as this one: ${name}`, async () => {
        const recipe = folder.write(`${index}.yaml`, text);
        const simulate = (out: string, options = {}) =>
          murmur(['simulate', recipe, '--threads', '1', '--out', out], options);
        const [a, b] = [folder.path(`there-${index}`), folder.path(`here-${index}`)];
        for (const { code, stderr } of await Promise.all([simulate(a, { node }), simulate(b)])) {
          expect(code, stderr).to.equal(0);
        }
        expect(outcome(a)).to.deep.equal(outcome(b));
      });
    }

    it('loads a plugin from outside every package, in two threads', async () => {
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

    it('passes the tests of the rooms in which bits are pinned', async function () {
      this.timeout(300_000);
      const { code, stdout } = await run(node, [
        'node_modules/mocha/bin/mocha.js',
        '--no-config',
        ...['--timeout', '60000'],
        ...pinned,
      ]);
      expect(code, stdout).to.equal(0);
    });
  });
}
