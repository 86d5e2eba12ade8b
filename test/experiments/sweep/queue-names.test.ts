/** Names of sweeps' folders in a queue: each works as it does without a queue, or is refused before anything starts. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseSweep } from '../../../experiments/sweep/index.js';
import { queueSweep, workQueue } from '../../../experiments/sweep/queue/index.js';
import { RecipeError } from '../../../recipe/index.js';
import { temporaryFolder } from '../../support/folder.js';
import { redisServer } from '../../support/redis.js';
import { smallSweep } from '../../support/sweeps.js';

const TAKEN = ['first try', ':', `-höhe "it's" $HOME;\`ls\`&|<>*?100% 🦩..`, '12345', 'x'.repeat(255)];
const REFUSED = ['é'.repeat(128), 'a\\b', 'two\nlines', 'tab\t', '\u007f'];

describe('a sweep in a queue', function () {
  this.timeout(240_000);
  const folder = temporaryFolder();
  const redis = redisServer();
  const sweep = parseSweep(
    smallSweep({ set: { rounds: 1 }, matrix: { 'data.partition.kind': ['iid'] }, seeds: [1] }),
  );
  const queued = (out: string, signal = AbortSignal.timeout(200_000)) =>
    queueSweep(sweep, { address: redis.address, out, signal, onEvent: () => undefined });

  it('may lie in a folder of any name that file systems have', async () => {
    const shared = folder.path('shared');
    mkdirSync(shared);
    const done = new AbortController();
    const worker = workQueue({
      address: redis.address,
      out: shared,
      cores: 2,
      memoryMiB: 4000,
      plugins: [],
      signal: done.signal,
      onEvent: () => undefined,
    });
    try {
      const results = await Promise.all(TAKEN.map((name) => queued(join(shared, name))));
      for (const [index, { failed, finished, elsewhere }] of results.entries()) {
        expect([finished.size, failed, elsewhere], TAKEN[index]).to.deep.equal([1, [], []]);
      }
    } finally {
      done.abort();
      await worker;
    }
    expect(readdirSync(shared).sort()).to.deep.equal([...TAKEN].sort());
  });

  it('is refused in a sentence, before anything starts, where workers could not have a folder of its name', async () => {
    for (const out of ['/', ...REFUSED.map((name) => folder.path(name))]) {
      let refusal: unknown;
      await queued(out).catch((error: unknown) => (refusal = error));
      expect(refusal, out).to.be.instanceOf(RecipeError);
      expect(String(refusal)).to.include('workers find a queued sweep by the name of its folder');
      if (out !== '/') expect(existsSync(out)).to.equal(false);
    }
  });
});
