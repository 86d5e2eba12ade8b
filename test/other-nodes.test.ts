import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { algorithmCases } from './support/algorithm-cases.js';
import { temporaryFolder } from './support/folder.js';
import { murmur, run, type Finished } from './support/murmur.js';
import { outcome } from './support/outcome.js';
import { need, nodeOf } from './support/requirements.js';

/** Rooms in which bits are pinned. */
const pinned = ['numerics', 'topologies', 'learning'].map((room) => `dist/test/${room}/**/*.test.js`);

const here = temporaryFolder();
const runsHere = new Map<string, Promise<Finished>>();

for (const major of [22, 24, 26]) {
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
        const [a, b] = [folder.path(name), here.path(name)];
        const runHere = runsHere.get(name) ?? simulate(b);
        runsHere.set(name, runHere);
        for (const { code, stderr } of await Promise.all([simulate(a, { node }), runHere])) {
          expect(code, stderr).to.equal(0);
        }
        expect(outcome(a)).to.deep.equal(outcome(b));
      });
    }

    it('passes the tests of the rooms in which bits are pinned', async () => {
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
