/** Sweeps in a queue on Redis, one of whose two workers is killed: 1 kill here, 20 by `npm run soak:sweep`. */
import { performance } from 'node:perf_hooks';
import { expect } from 'chai';
import { temporaryFolder } from '../../support/folder.js';
import { said, startMurmur } from '../../support/murmur.js';
import { redisServer } from '../../support/redis.js';
import { killWithin, smallSweep, sweepOutcome } from '../../support/sweeps.js';

const KILLS = Number(process.env['MURMUR_KILLS'] ?? 1);

describe('a sweep in a queue, one of whose two workers is killed with SIGKILL', () => {
  const folder = temporaryFolder();
  const redis = redisServer();
  const file = folder.write('sweep.yaml', smallSweep());
  const sweep = (name: string, ...more: string[]) =>
    startMurmur(['sweep', file, '--json', '--out', folder.path(name, 'small-sweep'), ...more]);
  const worker = (name: string) =>
    startMurmur(['work', '--queue', redis.address, '--jobs', '1', '--json', '--out', folder.path(name)]);

  it(`ends in the same table, to the bit, after ${KILLS} kills at random moments`, async function () {
    this.timeout(120_000 + KILLS * 60_000);
    const start = performance.now();
    const undisturbed = await sweep('undisturbed').finished;
    const duration = performance.now() - start;
    expect(undisturbed.code, undisturbed.stderr).to.equal(0);
    const expected = sweepOutcome(folder.path('undisturbed', 'small-sweep'));
    for (let kill = 1; kill <= KILLS; kill++) {
      const shared = `shared-${kill}`;
      const [first, second] = [worker(shared), worker(shared)];
      const followed = sweep(shared, '--queue', redis.address);
      await said(first, '"started"');
      expect(await killWithin(first, duration), 'the first worker is killed').to.equal(true);
      const { code, stdout, stderr } = await followed.finished;
      expect(code, stderr).to.equal(0);
      expect(stdout.match(/"type":"finished"/g)).to.have.length(4);
      expect(sweepOutcome(folder.path(shared, 'small-sweep'))).to.deep.equal(expected);
      second.child.kill('SIGTERM');
      expect((await second.finished).code).to.equal(0);
    }
  });
});
