/** Real processes that are killed with SIGKILL: three kills here, a hundred by `npm run soak`. */
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { stream } from '../../numerics/index.js';
import { readRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import type { Running } from '../support/murmur.js';
import { afterExchanges, freePort, startServer, startWorker, tinyRecipe } from '../support/network.js';
import { outcome } from '../support/outcome.js';

const KILLS = Number(process.env['MURMUR_KILLS'] ?? 3);
/** Exchanges from one kill to the next. */
const APART = 6;

describe('processes that are killed', function () {
  // Several processes each: a loaded machine takes its time.
  this.timeout(240_000 + KILLS * 20_000);
  const folder = temporaryFolder();
  // Clients keep control variates: what is lost, or counted twice, shows in the bits.
  const recipe = folder.write(
    'scaffold.yaml',
    tinyRecipe({
      algorithm: { kind: 'scaffold', fraction: 0.5, epochs: 4, batchSize: 4 },
      rounds: APART * (KILLS + 2),
      checkpoint: { seconds: 0.05 },
    }),
  );
  const whole = folder.path('whole');
  before(() => simulate(readRecipe(recipe), { out: whole, threads: 1 }));

  it(`workers and the coordinator, ${KILLS} times: they come back, and the run ends in the same bits`, async () => {
    const out = folder.path('killed');
    const port = await freePort();
    const worker = (index: number) => () =>
      startWorker(port, folder.path(`worker-${index}`), '--clients', `${3 * index}-${3 * index + 2}`);
    const coordinator = () => startServer(recipe, out, '--port', `${port}`, '--resume');
    const starts = [coordinator, worker(0), worker(1)];
    const processes: Running[] = starts.map((start) => start());
    const draw = stream(1, 'kills');
    for (let kill = 0; kill < KILLS; kill++) {
      await afterExchanges(out, APART * (kill + 1), ...processes);
      await setTimeout(100 * draw());
      // The coordinator every other time, the workers in turn.
      const victim = kill % 2 === 0 ? 0 : 1 + ((kill >> 1) % 2);
      processes[victim].child.kill('SIGKILL');
      await processes[victim].finished;
      processes[victim] = starts[victim]();
    }
    for (const { code, stderr } of await Promise.all(processes.map(({ finished }) => finished))) {
      expect(code, stderr).to.equal(0);
    }
    expect(outcome(out)).to.deep.equal(outcome(whole));
  });
});
