import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { readRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { murmur } from '../support/murmur.js';
import { tinyRecipe } from '../support/network.js';
import { outcome } from '../support/outcome.js';

/** What runs over a network: sums, what clients keep, answers that are all needed at once, a codec with feedback. */
const cases = {
  fedavg: { workers: 1, recipe: tinyRecipe({ evaluate: { on: ['test', 'clients'] } }) },
  scaffold: { workers: 2, recipe: tinyRecipe({ algorithm: { kind: 'scaffold', fraction: 0.5 } }) },
  fedma: { workers: 3, recipe: tinyRecipe({ algorithm: { kind: 'fedma', fraction: 1 }, rounds: 5 }) },
  'fedavg, top-k': { workers: 2, recipe: tinyRecipe({ network: { codec: { kind: 'top-k' } } }) },
};

describe('murmur launch', function () {
  // Several processes each: a loaded machine takes its time.
  this.timeout(240_000);
  const folder = temporaryFolder();
  for (const [name, { workers, recipe }] of Object.entries(cases)) {
    it(`${name} with ${workers} workers ends in what the simulator ends in`, async () => {
      const file = folder.write(`${name}.yaml`, recipe);
      const [launched, simulated] = [folder.path(name), folder.path(`${name}-simulated`)];
      await simulate(readRecipe(file), { out: simulated, threads: 1 });
      const { code, stdout, stderr } = await murmur([
        'launch',
        file,
        '--workers',
        `${workers}`,
        '--out',
        launched,
      ]);
      expect(code, stderr).to.equal(0);
      expect(outcome(launched)).to.deep.equal(outcome(simulated));
      expect(stdout).to.include(outcome(simulated).weightsSha256);
      expect(existsSync(folder.path(name, 'report.html'))).to.equal(true);
    });
  }

  it('ends with the sentence and the exit code of a worker that cannot take part', async () => {
    const plugin = folder.write(
      'plugin.mjs',
      "if (process.argv[2] === 'join') throw new Error('no licence');\nexport const models = [];\n",
    );
    const file = folder.write('plugin.yaml', tinyRecipe());
    const out = folder.path('plugin');
    const { code, stderr } = await murmur(['launch', file, '--plugin', plugin, '--out', out]);
    expect(code, stderr).to.equal(2);
    expect(stderr).to.match(/worker \d of 2 has ended: .*no licence.*its log is .*workers/);
  });
});
