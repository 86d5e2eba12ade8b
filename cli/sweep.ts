/** `murmur sweep SWEEP`: runs a base recipe with every combination of some fields' values. */
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import {
  countRuns,
  readSweep,
  runSweep,
  type Shard,
  type SweepEvent,
  type SweepResult,
} from '../experiments/sweep/index.js';
import { loadPlugins, RecipeError } from '../recipe/index.js';
import { InterruptedError } from '../simulator/index.js';
import { exitCode } from './exit-codes.js';
import { overrides, pluginOption, setOption, type Assignments } from './options.js';
import { showSweep } from './sweep-display.js';
import { dryRun } from './sweep-dry-run.js';
import { jobsOption, memoryOption, shard } from './sweep-options.js';
import { quoted } from './advice.js';

export interface SweepCommandOptions {
  readonly set: Assignments;
  readonly quick?: true;
  readonly out?: string;
  readonly jobs?: number;
  readonly memory?: number;
  readonly shard?: Shard;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
  readonly plugin: readonly string[];
}

export function sweepCommand(): Command {
  return new Command('sweep')
    .description(
      'Run a recipe with every combination of some values, as a sweep file says; go on where it stopped.',
    )
    .argument('<sweep>', 'a sweep (YAML), e.g. experiments/sweeps/heterogeneity.yaml')
    .addOption(setOption())
    .option('--quick', "the sweep's quick variant, to see in a minute whether all is well")
    .option('--out <dir>', "the sweep's directory (default: sweeps/NAME)")
    .addOption(jobsOption())
    .addOption(memoryOption())
    .option('--shard <i/n>', 'run only this part of n, e.g. 1/8; the parts may share a folder', shard)
    .option('--dry-run', 'list the runs, with the time and memory to expect, and stop')
    .option('--yes', 'yes, that many runs are meant')
    .option('--json', 'print every event as a line of JSON')
    .addOption(pluginOption())
    .action(run);
}

/** More runs than these are asked about. */
const MANY = 10_000;

async function run(file: string, options: SweepCommandOptions): Promise<void> {
  await loadPlugins(options.plugin);
  const sweep = readSweep(file, { set: overrides(options), quick: options.quick === true });
  const runs = countRuns(sweep);
  if (runs > MANY && !options.yes) {
    throw new RecipeError(
      `${sweep.name} has ${runs.toLocaleString('en')} runs (before what it excludes): if that is meant, say --yes`,
    );
  }
  if (options.dryRun) await dryRun(sweep, options, options.jobs ?? availableParallelism());
  else conclude(await withDisplay(sweep, options), options);
}

async function withDisplay(
  sweep: ReturnType<typeof readSweep>,
  { out, jobs, memory, shard: part, plugin, json }: SweepCommandOptions,
): Promise<SweepResult> {
  const display = json ? undefined : showSweep();
  const controller = new AbortController();
  const interrupt = () => {
    controller.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await runSweep(sweep, {
      plugins: plugin,
      signal: controller.signal,
      ...(out !== undefined && { out }),
      ...(jobs !== undefined && { cores: jobs }),
      ...(memory !== undefined && { memoryMiB: memory }),
      ...(part && { shard: part }),
      onEvent(event) {
        if (json) process.stdout.write(`${eventLine(event)}\n`);
        else display?.update(event);
      },
    });
  } finally {
    display?.end();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** The recipe of a run is in its directory; the line has only what names it. */
function eventLine(event: SweepEvent): string {
  if (event.type === 'sweep') return JSON.stringify(event);
  const { recipe, ...named } = event.run;
  return JSON.stringify({ ...event, run: named });
}

/** What came of it; the exit code says whether a run is missing. */
function conclude(
  { directory, finished, failed, unfinished }: SweepResult,
  options: SweepCommandOptions,
): void {
  const done = `${finished.size} runs are done in ${directory}`;
  for (const { message, file } of failed) {
    const again = [
      'murmur',
      'simulate',
      file,
      '--threads',
      '1',
      ...options.plugin.flatMap((p) => ['--plugin', p]),
    ];
    process.stderr.write(`murmur: ${message}\n  To see it again: ${again.map(quoted).join(' ')}\n`);
  }
  if (unfinished.length > 0) {
    throw new InterruptedError(`stopped: ${done}, ${unfinished.length} are not; the same command goes on`);
  }
  if (failed.length > 0) {
    process.stderr.write(`murmur: ${failed.length} runs failed; the same command tries them again\n`);
    process.exitCode = exitCode.failedRuns;
  }
  if (!options.json) {
    process.stdout.write(`${done}\n  table   ${directory}/runs.csv\n  report  murmur report ${directory}\n`);
  }
}
