/** `murmur sweep --dry-run`: the runs, and what they can be expected to take. */
import { mean } from '../numerics/index.js';
import {
  defaultDirectory,
  defaultMemoryMiB,
  describeRun,
  expandSweep,
  identifyRuns,
  inShard,
  measureCosts,
  openSweep,
  type Cost,
  type Sweep,
} from '../experiments/sweep/index.js';
import { duration } from './progress.js';
import type { SweepCommandOptions } from './sweep-options.js';

type Measured = Exclude<Cost, { readonly refused: string }>;

export async function dryRun(sweep: Sweep, options: SweepCommandOptions, cores: number): Promise<void> {
  const all = await identifyRuns(expandSweep(sweep), options.plugin);
  const directory = options.out ?? defaultDirectory(sweep);
  const { finished, missing } = openSweep(sweep, all, directory, options.redo);
  const mine = options.shard ? missing.filter(inShard(options.shard, all)) : missing;
  const costs = await measureCosts(mine, options.plugin);
  const known = [...costs.values()].filter(
    (cost): cost is Measured => cost !== undefined && 'seconds' in cost,
  );
  for (const run of finished.keys()) process.stdout.write(`${describeRun(run)}: finished\n`);
  for (const [run, cost] of costs) process.stdout.write(`${describeRun(run)}: ${describeCost(cost)}\n`);
  const parts = [
    `${finished.size + missing.length} runs, ${finished.size} of them finished`,
    `in ${directory}`,
  ];
  if (options.shard) parts.push(`${mine.length} in this part`);
  process.stdout.write(`${parts.join(', ')}\n`);
  if (known.length > 0) process.stdout.write(`${describeAll(known, mine.length, cores, options.memory)}\n`);
}

function describeCost(cost: Cost | undefined): string {
  if (cost === undefined) return 'not measured: it takes what the others take, probably';
  if ('refused' in cost) return `cannot be run: ${cost.refused}`;
  return `at most ${duration(cost.seconds)}, about ${Math.round(cost.memoryMiB)} MiB`;
}

function describeAll(
  known: readonly Measured[],
  runs: number,
  cores: number,
  memory = defaultMemoryMiB(),
): string {
  const seconds = (mean(known.map((cost) => cost.seconds)) * runs) / cores;
  const largest = known.map((cost) => cost.memoryMiB).reduce((most, cost) => Math.max(most, cost), 0);
  const together = Math.min(cores, runs) * largest;
  const budget = `${(memory / 1024).toPrecision(3)} GiB may be taken`;
  return `expected: at most ${duration(seconds)} on ${cores} core${cores === 1 ? '' : 's'}, at most ${Math.round(together)} MiB together (${budget})`;
}
