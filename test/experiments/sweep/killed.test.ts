/** Sweeps that are killed: 3 kills here, 20 by `npm run soak:sweep`. */
import { performance } from 'node:perf_hooks';
import { expect } from 'chai';
import { temporaryFolder } from '../../support/folder.js';
import { startMurmur } from '../../support/murmur.js';
import { killWithin, smallSweep, sweepOutcome, type SweepOutcome } from '../../support/sweeps.js';

const KILLS = Number(process.env['MURMUR_KILLS'] ?? 3);

describe('a sweep that is killed with SIGKILL and started again', () => {
  const folder = temporaryFolder();
  const file = folder.write('sweep.yaml', smallSweep());
  const sweep = (out: string) => startMurmur(['sweep', file, '--json', '--out', folder.path(out)]);

  it(`ends in the same table, to the bit, after ${KILLS} kills at random moments`, async function () {
    this.timeout(60_000 + KILLS * 30_000);
    const start = performance.now();
    const undisturbed = await sweep('undisturbed').finished;
    const duration = performance.now() - start;
    expect(undisturbed.code, undisturbed.stderr).to.equal(0);
    const expected: SweepOutcome = sweepOutcome(folder.path('undisturbed'));
    expect(expected.table).to.have.length(5);
    let kills = 0;
    for (let round = 1; kills < KILLS; round++) {
      const out = `killed-${round}`;
      // Four kills a sweep at most, so that every sweep gets to its end some time.
      for (let more = 0; more < 4 && kills < KILLS; more++) {
        if (await killWithin(sweep(out), duration)) kills++;
        else break;
      }
      const last = await sweep(out).finished;
      expect(last.code, last.stderr).to.equal(0);
      expect(sweepOutcome(folder.path(out))).to.deep.equal(expected);
    }
  });
});
