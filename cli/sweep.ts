/** `murmur sweep SWEEP`: runs a base recipe with every combination of some fields' values. */
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import {
  countRuns,
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
      'Run a recipe with every combination of some values, as a sweep file says; go on where it stopped.',
    )
    .argument('<sweep>', 'a sweep (YAML), e.g. experiments/sweeps/heterogeneity.yaml')
    .addOption(setOption())
    .option('--quick', "the sweep's quick variant, to see in a minute whether all is well")
    .option('--out <dir>', "the sweep's directory (default: sweeps/NAME)")
    .option(
      '--redo',
      'do again what was made with other data, files, plugins or bits than there are now, and is else refused',
    )
    .addOption(jobsOption())
    .addOption(memoryOption())
    .option('--shard <i/n>', 'run only this part of n, e.g. 1/8; the parts may share a folder', shard)
    .addOption(
      new Option(
        '--queue <url>',
        'let `murmur work` on any machines do the runs, e.g. redis://HOST:6379',
      ).conflicts(['shard', 'jobs', 'memory']),
    )
    .option('--dry-run', 'list the runs, with the time and memory to expect, and stop')
    .option('--skip-invalid', 'run what can be run, where some of the runs cannot')
    .option('--yes', 'yes, that many runs are meant')
    .option('--json', 'print every event as a line of JSON')
    .addOption(kernelsOption())
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

interface Course {
  readonly signal: AbortSignal;
  readonly onEvent: (event: SweepEvent) => void;
}

const runHere = (sweep: Sweep, options: SweepCommandOptions, course: Course) =>
  runSweep(sweep, {
    ...course,
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
  course: Course,
) {
  const { queueSweep } = await import('../experiments/sweep/queue/index.js');
  const result = await queueSweep(sweep, {
    ...course,
    address,
    plugins: plugin,
    ...(out !== undefined && { out }),
    ...(redo && { redo }),
    ...(skipInvalid && { skipInvalid }),
  });
  if (result.elsewhere.length > 0) {
    process.stderr.write(
      `murmur: ${result.elsewhere.length} runs lie in folders of the workers' own: copy their DIR/runs/ into ${result.directory}/runs/, and start the same command again\n`,
    );
  }
  return result;
}

/** The recipe of a run is in its directory; the line has only what names it. */
function eventLine(event: SweepEvent): string {
  if (event.type === 'sweep' || event.type === 'checked') return JSON.stringify(event);
  const { recipe, ...named } = event.run;
  return JSON.stringify({ ...event, run: named });
}

/** What came of it; the exit code says whether a run is missing. */
function conclude(
  { directory, finished, failed, skipped, unfinished }: SweepResult,
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
  for (const { message, file } of skipped) {
    process.stderr.write(`murmur: skipped, as it cannot be run: ${message} (${file})\n`);
  }
  if (unfinished.length > 0) {
    const next = options.queue === undefined ? 'goes on' : 'follows the workers again, which go on';
    throw new InterruptedError(`stopped: ${done}, ${unfinished.length} are not; the same command ${next}`);
  }
  if (failed.length > 0) {
    const diverged = failed.filter((failure) => failure.diverged).length;
    const among = diverged === 0 ? '' : `, ${diverged} of them diverged`;
    process.stderr.write(`murmur: ${failed.length} runs failed${among}; the same command tries them again\n`);
    process.exitCode = exitCode.failedRuns;
  }
  if (!options.json) {
    process.stdout.write(`${done}\n  table   ${directory}/runs.csv\n  report  murmur report ${directory}\n`);
  }
}
