/** The whole machine: a sweep on all cores against the same on one, run after run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { readSweep, runSweep, type Sweep } from '../experiments/sweep/index.js';
import { printTable, say, type BenchOptions, type Part } from './part.js';

const FILE = 'experiments/sweeps/heterogeneity.yaml';

export const sweep: Part = {
  name: 'sweep',
  summary: 'a sweep on all cores, against the same on one: the whole machine',
  async run({ rounds = 20, turns }: BenchOptions) {
    const quick = readSweep(FILE, { quick: true });
    // A third of the quick variant's runs are enough: one seed, two α.
    const few: Sweep = {
      ...quick,
      axes: quick.axes.map((axis) => ({ ...axis, values: axis.values.slice(0, axis.named ? undefined : 2) })),
      set: [...quick.set, { field: 'rounds', value: rounds, place: () => '' }],
      seeds: [1],
    };
    const cores = availableParallelism();
    const times: { readonly cores: number; readonly seconds: number }[] = [];
    for (let turn = 0; turn < turns; turn++) {
      for (const used of [1, cores]) times.push({ cores: used, seconds: await measure(few, used) });
    }
    const on = (used: number) =>
      median(times.filter((time) => time.cores === used).map((time) => time.seconds));
    const runs = few.axes.reduce((product, { values }) => product * values.length, 1);
    say(`  ${runs} runs of ${rounds} rounds, ${turns} turns`);
    printTable(
      ['', 'seconds', 'against one core'],
      [...new Set([1, cores])].map((used) => [
        `${used} core${used === 1 ? '' : 's'}`,
        on(used).toFixed(1),
        (on(used) / on(1)).toFixed(2),
      ]),
    );
  },
};

async function measure(few: Sweep, cores: number): Promise<number> {
  const out = mkdtempSync(join(tmpdir(), 'murmuration-bench-'));
  try {
    const start = performance.now();
    const { failed } = await runSweep(few, { out, cores });
    if (failed.length > 0) throw new Error(failed[0].message);
    return (performance.now() - start) / 1000;
  } finally {
    rmSync(out, { recursive: true });
  }
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
