/**
 * Many clients: 100,000, of which 1,000 train in a round, against 1,000 that all do, so the same work. Every run has a
 * process of its own, since memory is measured at its peak.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { printTable, say, type BenchOptions, type Part } from './part.js';
import { scaleRunSchema, type ScaleRun } from './scale-run.js';

const run = promisify(execFile);

const program = fileURLToPath(new URL('scale-main.js', import.meta.url));

/** Recipes, and what is set in them for so many clients. */
const federations = [
  {
    recipe: 'experiments/recipes/scale-mnist.yaml',
    what: 'MNIST, 2NN',
    few: { 'data.partition.clients': 1000, 'algorithm.fraction': 1 },
  },
  {
    recipe: 'experiments/recipes/scale-synthetic.yaml',
    what: 'Synthetic(1, 1), logistic',
    // So few examples would be kept in memory; those of 100,000 clients are drawn again.
    few: { 'data.dataset.clients': 1000, 'data.dataset.keepInMemory': false, 'algorithm.fraction': 1 },
  },
];

export const scale: Part = {
  name: 'scale',
  summary: '100,000 clients, 1,000 of them in a round, on one thread: start, time of a client, memory',
  async run({ rounds = 5, turns }: BenchOptions) {
    for (const { recipe, what, few } of federations) {
      const [small, large]: ScaleRun[][] = [[], []];
      for (let turn = 0; turn < turns; turn++) {
        small.push(await measure(recipe, { ...few, rounds }));
        large.push(await measure(recipe, { rounds }));
      }
      const reference = median(small, 'millisecondsPerUpdate');
      say(`  ${what}: ${turns} × ${rounds} rounds of 1,000 updates`);
      const row = (name: string, runs: readonly ScaleRun[]) => [
        name,
        median(runs, 'secondsToStart').toFixed(2),
        median(runs, 'millisecondsPerUpdate').toFixed(3),
        `${(median(runs, 'millisecondsPerUpdate') / reference).toFixed(2)}×`,
        Math.max(...runs.map(({ peakMiB }) => peakMiB)).toFixed(0),
      ];
      printTable(
        ['', 'start, s', 'ms a client', 'against 1,000', 'peak MiB'],
        [row('1,000 clients', small), row('100,000 clients', large)],
      );
    }
  },
};

async function measure(recipe: string, overrides: Readonly<Record<string, unknown>>): Promise<ScaleRun> {
  const { stdout } = await run(process.execPath, [program, recipe, JSON.stringify(overrides)]);
  return scaleRunSchema.parse(JSON.parse(stdout));
}

function median(runs: readonly ScaleRun[], field: keyof ScaleRun): number {
  const sorted = runs.map((one) => one[field]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
