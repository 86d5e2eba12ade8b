/** One run, and what befalls real machines one after another: many die at once, one hangs, the coordinator hangs. */
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { readRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import type { Running } from '../support/murmur.js';
import { afterRounds, freePort, startServer, startWorker, tinyRecipe } from '../support/network.js';
import { outcome } from '../support/outcome.js';

/** The clients of each worker. */
const CLIENTS = ['0-1', '2-3', '4', '5'];
/** Longer than a round, much shorter than the time-out of heartbeats. */
const HANGS_MS = 400;

describe('a run that is disturbed', function () {
  this.timeout(240_000);
  const folder = temporaryFolder();

  it('ends in the same bits: half of the workers and the coordinator killed at once, others stopped and continued', async () => {
    const recipe = folder.write(
      'recipe.yaml',
      tinyRecipe({
        algorithm: { kind: 'scaffold', fraction: 0.5, amount: { epochs: 4 }, batchSize: 4 },
        rounds: 24,
        checkpoint: { seconds: 0.05 },
      }),
    );
    const whole = folder.path('whole');
    await simulate(readRecipe(recipe), { out: whole, threads: 1 });
    const keys = CLIENTS.map((_, worker) => `the key of worker ${worker}`.replaceAll(' ', '-'));
    const lines = CLIENTS.map((clients, worker) => `${clients} ${keys[worker]}\n`);
    const file = folder.write('keys', lines.join(''));
    const out = folder.path('out');
    const port = await freePort();
    const coordinator = () => startServer(recipe, out, '--port', `${port}`, '--resume', '--keys', file);
    const workers = CLIENTS.map(
      (clients, worker) => () =>
        startWorker(port, folder.path(`worker-${worker}`), '--clients', clients, '--key', keys[worker]),
    );
    const starts = [coordinator, ...workers];
    const processes: Running[] = [coordinator()];
    const thief = startWorker(port, folder.path('thief'), '--clients', '5', '--key', keys[0]);
    const { code: thiefsCode, stderr: thiefsSentence } = await thief.finished;
    expect(thiefsCode).to.equal(2);
    expect(thiefsSentence).to.include('the key is not of client 5');
    processes.push(...workers.map((start) => start()));

    await afterRounds(out, 3, ...processes);
    const victims = [0, 1, 2];
    for (const victim of victims) processes[victim].child.kill('SIGKILL');
    for (const victim of victims) {
      expect((await processes[victim].finished).signal).to.equal('SIGKILL');
      processes[victim] = starts[victim]();
    }
    for (const [rounds, hanging] of [
      [9, 3],
      [15, 0],
    ]) {
      await afterRounds(out, rounds, ...processes);
      processes[hanging].child.kill('SIGSTOP');
      await setTimeout(HANGS_MS);
      processes[hanging].child.kill('SIGCONT');
    }
    for (const { code, stderr } of await Promise.all(processes.map(({ finished }) => finished))) {
      expect(code, stderr).to.equal(0);
    }
    expect(outcome(out)).to.deep.equal(outcome(whole));
  });
});
