import { expect } from 'chai';
import { readRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import type { Running } from '../support/murmur.js';
import { afterExchanges, freePort, startServer, startWorker, tinyRecipe } from '../support/network.js';
import { outcome } from '../support/outcome.js';

describe('processes that are killed', function () {
  // Several processes each: a loaded machine takes its time.
  this.timeout(240_000);
  const folder = temporaryFolder();
  // Clients keep control variates: what is lost, or counted twice, shows in the bits.
  const recipe = folder.write(
    'scaffold.yaml',
    tinyRecipe({
      algorithm: { kind: 'scaffold', fraction: 0.5, epochs: 4, batchSize: 4 },
      rounds: 40,
      checkpoint: { seconds: 0.05 },
    }),
  );
  const whole = folder.path('whole');
  before(() => simulate(readRecipe(recipe), { out: whole, threads: 1 }));

  async function killed({ child, finished }: Running): Promise<void> {
    child.kill('SIGKILL');
    await finished;
  }

  it('a worker, and the coordinator twice: they come back, and the run ends in the same bits', async () => {
    const out = folder.path('killed');
    const port = await freePort();
    const serve = () => startServer(recipe, out, '--port', `${port}`, '--resume');
    const join = (index: number) =>
      startWorker(port, folder.path(`worker-${index}`), '--clients', `${3 * index}-${3 * index + 2}`);
    let coordinator = serve();
    const steady = join(0);
    const restarted = join(1);
    await afterExchanges(out, 3, coordinator, steady, restarted);
    await killed(restarted);
    const again = join(1);
    await afterExchanges(out, 8, coordinator, steady, again);
    await killed(coordinator);
    coordinator = serve();
    await afterExchanges(out, 20, coordinator, steady, again);
    await killed(coordinator);
    coordinator = serve();
    const { code, stderr } = await coordinator.finished;
    expect(code, stderr).to.equal(0);
    expect(outcome(out)).to.deep.equal(outcome(whole));
    expect((await steady.finished).code).to.equal(0);
    expect((await again.finished).code).to.equal(0);
  });
});
