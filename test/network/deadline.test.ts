import { expect } from 'chai';
import { readRecipe } from '../../recipe/index.js';
import { readEvents } from '../../records/host/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { afterRounds, freePort, startServer, startWorker, tinyRecipe } from '../support/network.js';
import { outcome } from '../support/outcome.js';

describe('workers that hang', function () {
  this.timeout(240_000);
  const folder = temporaryFolder();

  it('are left out at the deadline, one comes back and one never, and the run can be replayed', async () => {
    const recipe = folder.write(
      'deadline.yaml',
      tinyRecipe({
        algorithm: { kind: 'scaffold', fraction: 1 },
        rounds: 12,
        network: { deadline: 0.5, minimumUpdates: 4 },
        evaluate: { on: ['test', 'clients'] },
      }),
    );
    const out = folder.path('out');
    const port = await freePort();
    const coordinator = startServer(recipe, out, '--port', `${port}`);
    const worker = (name: string, clients: string) =>
      startWorker(port, folder.path(name), '--clients', clients);
    const [steady, hanging, gone] = [worker('steady', '0-3'), worker('hanging', '4'), worker('gone', '5')];
    await afterRounds(out, 2, coordinator, steady, hanging, gone);
    for (const { child } of [hanging, gone]) child.kill('SIGSTOP');
    await afterRounds(out, 6, coordinator, steady);
    hanging.child.kill('SIGCONT');
    await Promise.all([steady.finished, hanging.finished]);
    // It would wait for the third to hear that the run is over.
    coordinator.child.kill('SIGTERM');
    const { code, stderr } = await coordinator.finished;
    expect(code, stderr).to.equal(0);
    gone.child.kill('SIGKILL');
    const missing = readEvents(out).flatMap((event) => (event.type === 'round' ? [event.missing] : []));
    expect(missing).to.deep.include([4, 5]);
    expect(missing.at(-1)).to.include(5);
    const evaluated = readEvents(out).findLast((event) => event.type === 'clients');
    expect(evaluated?.missing).to.deep.equal([5]);
    const replayed = folder.path('replayed');
    await simulate(readRecipe(recipe), { replay: out, out: replayed, threads: 1 });
    expect(outcome(replayed).weightsSha256).to.equal(outcome(out).weightsSha256);
  });
});
