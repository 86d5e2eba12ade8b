/** `murmur sweep SWEEP`: runs a base recipe with every combination of some fields' values. */
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import {
  countRuns,
  loadQueue,
  readSweep,
  runSweep,
  type Sweep,
  type SweepEvent,
  type SweepResult,
} from '../experiments/sweep/index.js';
import { loadPlugins, RecipeError } from '../recipe/index.js';
import { InterruptedError } from '../simulator/index.js';
import { exitCode } from './exit-codes.js';
import { untilInterrupted } from './interrupt.js';
import { kernelsOption } from './native.js';
import { overrides, pluginOption, setOption } from './options.js';
import { showSweep } from './sweep-display.js';
import { dryRun } from './sweep-dry-run.js';
import { jobsOption, memoryOption, shard, type SweepCommandOptions } from './sweep-options.js';
import { quoted } from './advice.js';

export function sweepCommand(): Command {
  return new Command('sweep')
    .description(
      'Run a recipe with every combination of the values in a sweep file; resume where it stopped.',
    )
    .argument('<sweep>', 'a sweep (YAML), e.g. experiments/sweeps/heterogeneity.yaml')
    .addOption(setOption())
    .option('--quick', "run the sweep's quick variant, a check that takes about a minute")
    .option('--out <dir>', "the sweep's directory (default: sweeps/NAME)")
    .option(
      '--redo',
      'run again what was made with other data, files, plugins or bits; without it, such runs are refused',
    )
    .addOption(jobsOption())
    .addOption(memoryOption())
    .option('--shard <i/n>', 'run only part i of n, e.g. 1/8; the parts may share a folder', shard)
    .addOption(
      new Option(
        '--queue <url>',
        'let `murmur work` run them on any machines, e.g. redis://HOST:6379',
      ).conflicts(['shard', 'jobs', 'memory']),
    )
    .option('--dry-run', 'list the runs with their expected time and memory, and stop')
    .option('--skip-invalid', 'leave invalid runs out instead of refusing the sweep')
    .option('--yes', 'confirm a very large number of runs')
    .option('--json', 'print every event as a line of JSON')
    .addOption(kernelsOption())
    .addOption(pluginOption())
    .action(run);
}

/** More runs need --yes. */
const MOST_UNCONFIRMED = 10_000;

const countOf = (runs: number) => `${runs} ${runs === 1 ? 'run is' : 'runs are'}`;

async function run(file: string, options: SweepCommandOptions): Promise<void> {
  await loadPlugins(options.plugin);
  const sweep = readSweep(file, { set: overrides(options), quick: options.quick === true });
  const runs = countRuns(sweep);
  if (runs > MOST_UNCONFIRMED && !options.yes) {
    throw new RecipeError(
      `${sweep.name} has ${runs.toLocaleString('en')} runs (before exclusions): confirm with --yes`,
    );
  }
  if (options.dryRun) await dryRun(sweep, options, options.jobs ?? availableParallelism());
  else conclude(await withDisplay(sweep, options), options);
}

async function withDisplay(sweep: Sweep, options: SweepCommandOptions): Promise<SweepResult> {
  const display = options.json ? undefined : showSweep();
  const onEvent = (event: SweepEvent) => {
    if (options.json) process.stdout.write(`${eventLine(event)}\n`);
    else display?.update(event);
  };
  try {
    return await untilInterrupted((signal) =>
      options.queue === undefined
        ? runHere(sweep, options, { signal, onEvent })
        : queue(sweep, options.queue, options, { signal, onEvent }),
    );
  } finally {
    display?.end();
  }
}

interface Following {
  readonly signal: AbortSignal;
  readonly onEvent: (event: SweepEvent) => void;
}

const runHere = (sweep: Sweep, options: SweepCommandOptions, following: Following) =>
  runSweep(sweep, {
    ...following,
    plugins: options.plugin,
    ...(options.out !== undefined && { out: options.out }),
    ...(options.jobs !== undefined && { cores: options.jobs }),
    ...(options.memory !== undefined && { memoryMiB: options.memory }),
    ...(options.shard && { shard: options.shard }),
    ...(options.skipInvalid && { skipInvalid: true }),
    ...(options.redo && { redo: true }),
  });

async function queue(
  sweep: Sweep,
  address: string,
  { out, redo, plugin, skipInvalid }: SweepCommandOptions,
  following: Following,
) {
  const { queueSweep } = await loadQueue();
  const result = await queueSweep(sweep, {
    ...following,
    address,
    plugins: plugin,
    ...(out !== undefined && { out }),
    ...(redo && { redo }),
    ...(skipInvalid && { skipInvalid }),
  });
  if (result.elsewhere.length > 0) {
    process.stderr.write(
      `murmur: ${countOf(result.elsewhere.length)} in the workers' own folders: copy their DIR/runs/ into ${result.directory}/runs/, and start the same command again\n`,
    );
  }
  return result;
}

/** An event as a line of JSON, without the run's recipe, which is in its directory. */
function eventLine(event: SweepEvent): string {
  if (event.type === 'sweep' || event.type === 'checked') return JSON.stringify(event);
  const { recipe, ...named } = event.run;
  return JSON.stringify({ ...event, run: named });
}

/** Prints the result; the exit code says whether a run is missing. */
function conclude(
  { directory, finished, failed, skipped, unfinished }: SweepResult,
  options: SweepCommandOptions,
): void {
  const done = `${countOf(finished.size)} done in ${directory}`;
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
  for (const { message, file } of skipped) {
    process.stderr.write(`murmur: skipped an invalid run: ${message} (${file})\n`);
  }
  if (unfinished.length > 0) {
    const next = options.queue === undefined ? 'resumes' : 'follows the workers again, which continue';
    throw new InterruptedError(`stopped: ${done}, ${unfinished.length} unfinished; the same command ${next}`);
  }
  if (failed.length > 0) {
    const diverged = failed.filter((failure) => failure.diverged).length;
    const among = diverged === 0 ? '' : `, ${diverged} of them diverged`;
    process.stderr.write(
      `murmur: ${failed.length} ${failed.length === 1 ? 'run' : 'runs'} failed${among}; the same command tries again\n`,
    );
    process.exitCode = exitCode.failedRuns;
  }
  if (!options.json) {
    process.stdout.write(`${done}\n  table   ${directory}/runs.csv\n  report  murmur report ${directory}\n`);
  }
}
