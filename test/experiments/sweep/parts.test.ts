import { expect } from 'chai';
import { stringify } from 'yaml';
import { expandSweep, parseSweep, TimeLeft, type SweepEvent } from '../../../experiments/sweep/index.js';
import { memoryBudget } from '../../../experiments/sweep/memory.js';
import { smallSweep } from '../../support/sweeps.js';
import { parse } from 'yaml';

describe('a memory budget', () => {
  it('lets runs in by turn as long as they fit together, and any that is alone', async () => {
    const memory = memoryBudget(100);
    const entered: string[] = [];
    const enter = async (name: string, needs: number) => {
      const leave = await memory.admit(needs);
      entered.push(name);
      return leave;
    };
    const a = enter('a', 60);
    const b = enter('b', 40);
    const c = enter('c', 30);
    const d = enter('d', 500);
    const leave = await a;
    await b;
    expect(entered).to.deep.equal(['a', 'b']);
    leave();
    (await b)();
    (await c)();
    expect(entered).to.deep.equal(['a', 'b', 'c']);
    await d;
    expect(entered).to.deep.equal(['a', 'b', 'c', 'd']);
  });
});

describe('the time left', () => {
  const text = stringify({ ...(parse(smallSweep()) as object), seeds: [1, 2, 3, 4] });
  const dependencies = { checksums: {}, bits: [] };
  const runs = expandSweep(parseSweep(text)).map((run) => ({ ...run, id: run.hash, dependencies }));
  let now = 0;
  const progress = (run: number, round: number): SweepEvent => ({
    type: 'progress',
    run: runs[run],
    threads: 1,
    round,
    rounds: 10,
  });

  it('is what runs under way show, then what finished ones took, over those that run together', () => {
    const left = new TimeLeft(() => now);
    left.update({ type: 'sweep', directory: '', runs: 8, finished: 0, missing: 8, cores: 2 });
    left.update(progress(0, 0));
    left.update(progress(1, 0));
    expect(left.seconds()).to.equal(undefined);
    now = 2000;
    left.update(progress(0, 1));
    left.update(progress(1, 1));
    now = 10_000;
    left.update(progress(0, 5));
    left.update(progress(1, 5));
    // Two half done at 20 s each, and six more: (10 + 10 + 120) / 2.
    expect(left.seconds()).to.be.closeTo(70, 1e-9);
  });

  it('counts of a resumed run what was seen of it', () => {
    now = 0;
    const left = new TimeLeft(() => now);
    left.update({ type: 'sweep', directory: '', runs: 1, finished: 0, missing: 1, cores: 1 });
    left.update(progress(0, 0));
    left.update(progress(0, 6));
    now = 2000;
    left.update(progress(0, 8));
    expect(left.seconds()).to.be.closeTo(2, 1e-9);
  });
});
