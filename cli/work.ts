/** `murmur work`: runs queued runs of sweeps from Redis. */
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { defaultMemoryMiB, loadQueue } from '../experiments/sweep/index.js';
import type { WorkEvent } from '../experiments/sweep/queue/index.js';
import { loadPlugins } from '../recipe/index.js';
import { untilInterrupted } from './interrupt.js';
import { kernelsOption } from './native.js';
import { pluginOption } from './options.js';
import { jobsOption, memoryOption } from './sweep-options.js';

interface Options {
  readonly queue: string;
  readonly out: string;
  readonly jobs?: number;
  readonly memory?: number;
  readonly json?: true;
  readonly plugin: readonly string[];
}

export function workCommand(): Command {
  return new Command('work')
    .description('Run queued runs of sweeps from Redis, until Ctrl-C.')
    .requiredOption('--queue <url>', 'the queue, e.g. redis://HOST:6379')
    .option('--out <dir>', "the folder of the sweeps' directories, ideally shared by all machines", 'sweeps')
    .addOption(jobsOption())
    .addOption(memoryOption())
    .option('--json', 'print every event as a line of JSON')
    .addOption(kernelsOption())
    .addOption(pluginOption())
    .action(run);
}

async function run({ queue, out, jobs, memory, json, plugin }: Options): Promise<void> {
  await loadPlugins(plugin);
  const { workQueue } = await loadQueue();
  await untilInterrupted((signal) =>
    workQueue({
      address: queue,
      out,
      cores: jobs ?? availableParallelism(),
      memoryMiB: memory ?? defaultMemoryMiB(),
      plugins: plugin,
      signal,
      onEvent(event) {
        if (json) process.stdout.write(`${JSON.stringify(event)}\n`);
        else process.stderr.write(`${describe(event)}\n`);
      },
    }),
  );
}

function describe(event: WorkEvent): string {
  switch (event.type) {
    case 'ready':
      return 'waiting for runs; Ctrl-C returns unfinished runs to the queue with their checkpoints';
    case 'trouble':
      return `queue error: ${event.message}`;
    case 'finished': {
      const { sweep, id, accuracy, wallSeconds } = event;
      return `finished ${sweep}/${id}: accuracy ${(100 * accuracy).toFixed(2)} %, in ${wallSeconds.toFixed(1)} s`;
    }
    case 'failed':
      return `failed ${event.sweep}/${event.id}: ${event.message}`;
    default:
      return `${event.type} ${event.sweep}/${event.id}`;
  }
}
