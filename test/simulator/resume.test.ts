import { appendFileSync, cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { algorithmCases } from '../support/algorithm-cases.js';
import { temporaryFolder } from '../support/folder.js';
import { murmur, startMurmur } from '../support/murmur.js';
import { outcome } from '../support/outcome.js';
import { smallRecipe } from '../support/small-recipe.js';

/** Resolves once the child has printed so many lines, or has ended. */
async function lines({ child, finished }: ReturnType<typeof startMurmur>, count: number): Promise<void> {
  let seen = 0;
  const enough = new Promise<void>((resolve) => {
    child.stdout?.on('data', (part: Buffer) => {
      seen += part.toString().split('\n').length - 1;
      if (seen >= count) resolve();
    });
  });
  await Promise.race([enough, finished]);
}

describe('a run that is killed and resumed', () => {
  const folder = temporaryFolder();

  for (const [index, [name, text]] of Object.entries(algorithmCases).entries()) {
    it(`ends in the same bits: ${name}`, async () => {
      const recipe = folder.write(`case-${index}.yaml`, `${text}\ncheckpoint: { seconds: 0 }\n`);
      const [whole, killed] = ['whole', 'killed'].map((run) => folder.path(`${run}-${index}`));
      const simulate = (out: string, ...more: string[]) =>
        startMurmur(['simulate', recipe, '--json', '--out', out, ...more]);
      const undisturbed = simulate(whole, '--threads', '2');
      const kills = [];
      // After how many lines of events, and so many milliseconds more: within a round, at its end, in a checkpoint.
      for (const [count, delay] of [
        [1, 0],
        [2, 7],
        [3, 2],
      ]) {
        const started = existsSync(join(killed, 'recipe.yaml'));
        const run = simulate(killed, '--threads', '1', ...(started ? ['--resume'] : []));
        await lines(run, count);
        await setTimeout(delay);
        run.child.kill('SIGKILL');
        kills.push((await run.finished).signal);
      }
      expect(kills).to.include('SIGKILL');
      const last = await simulate(killed, '--resume').finished;
      expect(last.code, last.stderr).to.equal(0);
      expect((await undisturbed.finished).code).to.equal(0);
      expect(outcome(killed)).to.deep.equal(outcome(whole));
    });
  }

  describe('at the worst of moments', () => {
    const recipe = folder.write('moments.yaml', smallRecipe({ checkpoint: { seconds: 0 } }));
    const whole = folder.path('moments');
    const simulate = (out: string, ...more: string[]) =>
      murmur(['simulate', recipe, '--threads', '1', '--out', out, ...more]);

    /** The finished run as it was just before its record was written, changed further. */
    async function resumedFrom(name: string, change: (directory: string) => void) {
      const copy = folder.path(name);
      cpSync(whole, copy, { recursive: true });
      rmSync(join(copy, 'run.json'));
      change(copy);
      const { code, stderr } = await simulate(copy, '--resume');
      expect(code, stderr).to.equal(0);
      expect(outcome(copy)).to.deep.equal(outcome(whole));
    }

    before(async () => {
      expect((await simulate(whole)).code).to.equal(0);
    });

    it('before the record is written', async () => {
      await resumedFrom('no-record', (directory) => {
        rmSync(join(directory, 'model.safetensors'));
      });
    });

    it('in the middle of a line of metrics, and of a checkpoint', async () => {
      await resumedFrom('torn', (directory) => {
        appendFileSync(join(directory, 'metrics.jsonl'), '{"type":"round","rou');
        writeFileSync(join(directory, 'checkpoints/latest.bin.writing'), 'half of');
      });
    });

    it('before the first checkpoint', async () => {
      await resumedFrom('no-checkpoint', (directory) => {
        rmSync(join(directory, 'checkpoints/latest.bin'));
      });
    });
  });
});
