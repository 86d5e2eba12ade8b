import { expect } from 'chai';
import { readRecipe } from '../../recipe/index.js';
import { readEvents } from '../../records/host/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { afterRounds, freePort, startServer, startWorker, tinyRecipe } from '../support/network.js';
import { outcome } from '../support/outcome.js';

describe('clients that nobody waits for, in real workers', function () {
  this.timeout(240_000);
  const folder = temporaryFolder();

  it('end in weights that the simulator has from their trace, though a worker and the coordinator are killed', async () => {
    const recipe = folder.write(
      'fedbuff.yaml',
      tinyRecipe({
        algorithm: { kind: 'fedbuff', amount: { epochs: 2 }, batchSize: 5 },
        schedule: { kind: 'buffered', concurrency: 4, size: 3 },
        rounds: 40,
        checkpoint: { seconds: 0.05 },
      }),
    );
    const out = folder.path('out');
    const port = await freePort();
    const serve = () => startServer(recipe, out, '--port', `${port}`, '--resume');
    const worker = (name: string, clients: string) =>
      startWorker(port, folder.path(name), '--clients', clients);
    const processes = [serve(), worker('one', '0-2'), worker('two', '3-5')];
    await afterRounds(out, 8, ...processes);
    processes[2].child.kill('SIGKILL');
    await processes[2].finished;
    processes[2] = worker('two', '3-5');
    await afterRounds(out, 20, ...processes);
    processes[0].child.kill('SIGKILL');
    await processes[0].finished;
    processes[0] = serve();
    for (const { code, stderr } of await Promise.all(processes.map(({ finished }) => finished))) {
      expect(code, stderr).to.equal(0);
    }
    const arrivals = readEvents(out).flatMap((event) => (event.type === 'round' ? [event.arrivals] : []));
    expect(arrivals.map((list) => list?.length)).to.deep.equal(Array.from({ length: 40 }, () => 3));
    const replayed = folder.path('replayed');
    await simulate(readRecipe(recipe), { replay: out, out: replayed, threads: 2 });
    expect(outcome(replayed)).to.deep.equal(outcome(out));
  });
});
