/** `murmur simulate RECIPE`: runs a recipe in one process. */
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { loadPlugins, readRecipe, type Recipe } from '../recipe/index.js';
import {
  describeStart,
  describeUnsimulated,
  estimateRun,
  simulate,
  type SimulateResult,
} from '../simulator/index.js';
import { withAdvice } from './advice.js';
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
import { runSummary } from './summary.js';

interface Options {
  readonly set: Assignments;
  readonly seed?: number;
  readonly threads?: number;
  readonly out?: string;
  readonly resume?: true;
  readonly redo?: true;
  readonly replay?: string;
  readonly dryRun?: true;
  readonly json?: true;
  readonly plugin: readonly string[];
}

export function simulateCommand(): Command {
  return new Command('simulate')
    .description('Run a recipe in one process, reproducible to the bit.')
    .argument('<recipe>', 'a recipe (YAML), e.g. experiments/recipes/fedavg-mnist.yaml')
    .addOption(setOption())
    .option('--seed <n>', "the seed, instead of the recipe's", wholeNumber)
    .option('--threads <n>', 'worker threads; they never change a result', positiveNumber)
    .option('--out <dir>', "the run's directory (default: runs/NAME-HASH-N)")
    .option('--resume', 'go on with the run in --out')
    .addOption(redoOption())
    .option(
      '--replay <dir>',
      'do again what this run of serve or launch recorded: who counted, what nodes were handed',
    )
    .option('--dry-run', 'check everything, say what memory and time to expect, and stop')
    .option('--json', 'print every event as a line of JSON')
    .addOption(kernelsOption())
    .addOption(pluginOption())
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  await loadPlugins(options.plugin);
  const recipe = readRecipe(file, overrides(options));
  if (options.dryRun) {
    process.stdout.write(await estimateRun(recipe, options.threads ?? availableParallelism()));
    return;
  }
  const result = await simulateWithProgress(recipe, options);
  if (result.alreadyFinished) process.stderr.write('The run was finished already; nothing to do.\n');
  const summary = await runSummary(result.record, result.directory);
  if (options.json) process.stdout.write(`${JSON.stringify({ type: 'finished', ...result.record })}\n`);
  else process.stdout.write(summary);
}

async function simulateWithProgress(recipe: Recipe, options: Options): Promise<SimulateResult> {
  const progress = options.json ? undefined : showProgress(recipe.rounds);
  const controller = new AbortController();
  const interrupt = () => {
    controller.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  let directory: string | undefined;
  try {
    return await simulate(recipe, {
      out: options.out ?? true,
      plugins: options.plugin,
      signal: controller.signal,
      ...(options.resume && { resume: true }),
      ...(options.redo && { redo: true }),
      ...(options.replay !== undefined && { replay: options.replay }),
      ...(options.threads !== undefined && { threads: options.threads }),
      onWait: (sentence) => {
        process.stderr.write(`${sentence}\n`);
      },
      onStart: (federation, runDirectory) => {
        directory = runDirectory?.path;
        if (options.json) return;
        process.stderr.write(describeStart(federation, runDirectory));
        if (options.replay === undefined) process.stderr.write(describeUnsimulated(recipe));
      },
      onEvent: (event) => {
        if (options.json) process.stdout.write(`${JSON.stringify(event)}\n`);
        else progress?.update(event);
      },
    });
  } catch (error) {
    throw withAdvice(error, directory);
  } finally {
    progress?.end();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
