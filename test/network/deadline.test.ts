import { expect } from 'chai';
import { readRecipe } from '../../recipe/index.js';
import { readEvents } from '../../runs/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { afterExchanges, freePort, startServer, startWorker, tinyRecipe } from '../support/network.js';
import { outcome } from '../support/outcome.js';

describe('a worker that hangs', function () {
  this.timeout(240_000);
  const folder = temporaryFolder();

  it('is left out at the deadline, comes back, and the run that it was left out of can be replayed', async () => {
    const recipe = folder.write(
      'deadline.yaml',
      tinyRecipe({ algorithm: { kind: 'scaffold', fraction: 1 }, rounds: 12, network: { deadline: 0.5 } }),
    );
    const out = folder.path('out');
    const port = await freePort();
    const coordinator = startServer(recipe, out, '--port', `${port}`);
    const steady = startWorker(port, folder.path('steady'), '--clients', '0-3');
    const hanging = startWorker(port, folder.path('hanging'), '--clients', '4-5');
    await afterExchanges(out, 2, coordinator, steady, hanging);
    hanging.child.kill('SIGSTOP');
    await afterExchanges(out, 6, coordinator, steady);
    hanging.child.kill('SIGCONT');
    const { code, stderr } = await coordinator.finished;
    expect(code, stderr).to.equal(0);
    await Promise.all([steady.finished, hanging.finished]);
    const missing = readEvents(out).flatMap((event) =>
      event.type === 'exchange' ? [event.missing.length] : [],
    );
    expect(missing).to.include(2);
    const replayed = folder.path('replayed');
    await simulate(readRecipe(recipe), { replay: out, out: replayed, threads: 1 });
    expect(outcome(replayed).weightsSha256).to.equal(outcome(out).weightsSha256);
  });
});
