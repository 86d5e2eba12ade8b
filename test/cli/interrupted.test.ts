import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { exitCode } from '../../cli/exit-codes.js';
import { temporaryFolder } from '../support/folder.js';
import { startMurmur } from '../support/murmur.js';
import { outcome } from '../support/outcome.js';
import { smallRecipe, trained } from '../support/small-recipe.js';

describe('a run that is interrupted', () => {
  const folder = temporaryFolder();

  const long = folder.write(
    'long.yaml',
    smallRecipe({ algorithm: trained({ kind: 'scaffold', amount: { epochs: 2 } }), rounds: 25 }),
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`${signal}: a checkpoint, exit code 130, and the resumed run ends in the same bits`, async () => {
      const simulate = (out: string, ...more: string[]) =>
        startMurmur(['simulate', long, '--json', '--out', folder.path(out), ...more]);
      const interrupted = simulate(signal, '--threads', signal === 'SIGINT' ? '1' : '2');
      await new Promise((resolve) => interrupted.child.stdout?.once('data', resolve));
      await setTimeout(20);
      interrupted.child.kill(signal);
      const { code, stderr } = await interrupted.finished;
      expect(code, stderr).to.equal(exitCode.interrupted);
      expect(stderr).to.match(/^murmur: stopped after round \d+; go on with --resume --out .*\n$/);
      expect(existsSync(folder.path(signal, 'run.json'))).to.equal(false);
      const whole = simulate(`${signal}-whole`).finished;
      expect((await simulate(signal, '--resume').finished).code).to.equal(0);
      expect((await whole).code).to.equal(0);
      expect(outcome(folder.path(signal))).to.deep.equal(outcome(folder.path(`${signal}-whole`)));
    });
  }
});
