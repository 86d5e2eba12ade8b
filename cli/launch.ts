/** `murmur launch RECIPE`: a coordinator and workers as processes on this machine, and one display of progress. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { UserError } from '../errors/index.js';
import { localDataClients } from '../data/index.js';
import { loadPlugins, readRecipe, type Recipe } from '../recipe/index.js';
import { serve, type ServeResult } from '../server/host/index.js';
import { describeStart } from '../simulator/index.js';
import { withAdvice } from './advice.js';
import { letHeapGrow } from './garbage.js';
import { interruption, logger } from './network-options.js';
import { kernelsOption } from './native.js';
import {
  overrides,
  pluginOption,
  positiveNumber,
  redoOption,
  setOption,
  wholeNumber,
  type Assignments,
} from './options.js';
import { showProgress } from './progress.js';
import { printServed } from './served.js';
import { WorkerProcesses, type WorkerLostError } from './worker-processes.js';

interface Options {
  readonly set: Assignments;
  readonly seed?: number;
  readonly workers: number;
  readonly threads?: number;
  readonly out?: string;
  readonly resume?: true;
  readonly redo?: true;
  readonly json?: true;
  readonly plugin: readonly string[];
}

export function launchCommand(): Command {
  return new Command('launch')
    .description('Run a recipe by a coordinator and worker processes on this machine, over WebSockets.')
    .argument('<recipe>', 'a recipe (YAML)')
    .addOption(setOption())
    .option('--seed <n>', "the seed, instead of the recipe's", wholeNumber)
    .option('--workers <n>', 'worker processes; they never change a result', positiveNumber, 2)
    .option('--threads <n>', 'training threads of each worker', positiveNumber)
    .option('--out <dir>', "the run's directory (default: runs/NAME-HASH-N)")
    .option('--resume', 'go on with the run in --out, or begin it where there is none')
    .addOption(redoOption())
    .option('--json', 'print every event as a line of JSON')
    .addOption(kernelsOption())
    .addOption(pluginOption())
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  letHeapGrow();
  await loadPlugins(options.plugin);
  const recipe = readRecipe(file, overrides(options));
  if (localDataClients(recipe.data.partition) !== undefined) {
    throw new UserError(
      'the clients of this recipe bring their own data: run it with murmur serve, and murmur join --data for each',
    );
  }
  await printServed(await launch(recipe, options), options.json);
}

async function launch(recipe: Recipe, options: Options): Promise<ServeResult> {
  const progress = options.json ? undefined : showProgress(recipe.rounds);
  const { signal, stop } = interruption();
  const token = randomBytes(32).toString('hex');
  const ending = new AbortController();
  let processes: WorkerProcesses | undefined;
  let lost: WorkerLostError | undefined;
  let directory: string | undefined;
  let log: ReturnType<typeof logger> | undefined;
  try {
    const result = await serve(recipe, {
      port: 0,
      host: '127.0.0.1',
      out: options.out ?? true,
      threads: 1,
      plugins: options.plugin,
      // A worker process that is away is ended at the end.
      settings: { token, shutdownMs: 0 },
      ...(options.resume && { resume: true }),
      ...(options.redo && { redo: true }),
      onStart: (federation, runDirectory) => {
        directory = runDirectory.path;
        const { clients } = federation.partition;
        mkdirSync(runDirectory.file('workers'), { recursive: true });
        log = logger('launch', runDirectory.file('workers/coordinator.log'));
        const { threads, plugin: plugins } = options;
        processes = new WorkerProcesses({
          folder: runDirectory.file('workers'),
          workers: Math.min(options.workers, clients),
          ...{ clients, threads, plugins, token },
          // Workers of one machine reach each other.
          areListening: federation.algorithm.family === 'gossip' && recipe.network.gossip !== 'relayed',
          lost: (error, left) => {
            log?.('warn', error.message);
            // A round without a deadline waits for every client.
            if (left > 0 && recipe.network.deadline !== undefined) return;
            lost ??= error;
            ending.abort();
          },
        });
        if (!options.json) {
          process.stderr.write(describeStart(federation, runDirectory));
          process.stderr.write(crowding(Math.min(options.workers, clients), availableParallelism()));
        }
      },
      onListening: ({ url }) => {
        processes?.start(url);
      },
      onEvent: (event) => {
        if (options.json) process.stdout.write(`${JSON.stringify(event)}\n`);
        else progress?.update(event);
      },
      log: (level, sentence, fields) => {
        log?.(level, sentence, fields);
      },
      signal: AbortSignal.any([signal, ending.signal]),
    });
    if (lost !== undefined && result.record === undefined) throw lost;
    return result;
  } catch (error) {
    throw withAdvice(error, directory);
  } finally {
    progress?.end();
    processes?.end();
    stop();
  }
}

/** A sentence where many more processes start than there are cores. */
export function crowding(workers: number, cores: number): string {
  if (workers <= 2 * cores) return '';
  return `${workers} worker processes share ${cores} cores, and each takes some 200 MiB; --workers ${cores} gives the same result.\n`;
}
