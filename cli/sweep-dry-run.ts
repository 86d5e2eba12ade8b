/** `murmur sweep --dry-run`: the runs, and what they can be expected to take. */
import { mean } from '../numerics/index.js';
import {
  defaultDirectory,
  defaultMemoryMiB,
  describeInvalid,
  describeRun,
  describeUnread,
  expandSweep,
  identifyRuns,
  inShard,
  invalidRuns,
  measureCosts,
  openSweep,
  type Cost,
  type Sweep,
} from '../experiments/sweep/index.js';
import { RecipeError } from '../recipe/index.js';
import { duration } from './progress.js';
import type { SweepCommandOptions } from './sweep-options.js';

type Measured = Exclude<Cost, { readonly refused: string }>;

export async function dryRun(sweep: Sweep, options: SweepCommandOptions, cores: number): Promise<void> {
  const all = await identifyRuns(expandSweep(sweep), options.plugin);
  const directory = options.out ?? defaultDirectory(sweep);
  const { finished, missing } = openSweep(sweep, all, directory, options.redo);
  const mine = options.shard ? missing.filter(inShard(options.shard, all)) : missing;
  const invalid = await invalidRuns(mine, options.plugin);
  const costs = await measureCosts(
    mine.filter((run) => !invalid.has(run)),
    options.plugin,
  );
  const known = [...costs.values()].filter(
    (cost): cost is Measured => cost !== undefined && 'seconds' in cost,
  );
  for (const run of finished.keys()) process.stdout.write(`${describeRun(run)}: finished\n`);
  for (const run of mine) {
    const refused = invalid.get(run);
    const what = refused === undefined ? describeCost(costs.get(run)) : `cannot be run: ${refused}`;
    process.stdout.write(`${describeRun(run)}: ${what}\n`);
  }
  for (const sentence of describeUnread(all)) process.stdout.write(`${sentence}\n`);
  const parts = [
    `${finished.size + missing.length} runs, ${finished.size} of them finished`,
    `in ${directory}`,
  ];
  if (options.shard) parts.push(`${mine.length} in this part`);
  process.stdout.write(`${parts.join(', ')}\n`);
  if (known.length > 0) process.stdout.write(`${describeAll(known, mine.length, cores, options.memory)}\n`);
  const refusals = [...costs].filter(([, cost]) => cost !== undefined && 'refused' in cost);
  const failing = new Map([...invalid, ...refusals.map(([run, cost]) => [run, refusalOf(cost)] as const)]);
  if (failing.size > 0 && options.skipInvalid !== true)
    throw new RecipeError(describeInvalid(failing, mine.length));
}

const refusalOf = (cost: Cost | undefined) => (cost !== undefined && 'refused' in cost ? cost.refused : '');

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
