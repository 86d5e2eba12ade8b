/** `murmur simulate RECIPE`: runs a recipe in one process. */
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { loadPlugins, readRecipe, type Recipe } from '../recipe/index.js';
import type { RunRecord } from '../runs/index.js';
import { describeStart, estimateRun, simulate, type SimulateResult } from '../simulator/index.js';
import { withAdvice } from './advice.js';
import {
  overrides,
  pluginOption,
  positiveNumber,
  setOption,
  wholeNumber,
  type Assignments,
} from './options.js';
import { showProgress } from './progress.js';

interface Options {
  readonly set: Assignments;
  readonly seed?: number;
  readonly threads?: number;
  readonly out?: string;
  readonly resume?: true;
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
    .option('--dry-run', 'check everything, say what memory and time to expect, and stop')
    .option('--json', 'print every event as a line of JSON')
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
  // Loaded only now, since the charts' modules take a second.
  const { writeReport } = await import('../experiments/index.js');
  const report = result.directory === undefined ? undefined : writeReport(result.directory);
  if (options.json) process.stdout.write(`${JSON.stringify({ type: 'finished', ...result.record })}\n`);
  else process.stdout.write(summary(result.record, report));
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
      ...(options.threads !== undefined && { threads: options.threads }),
      onStart: (federation, runDirectory) => {
        directory = runDirectory?.path;
        if (!options.json) process.stderr.write(describeStart(federation, runDirectory));
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

const endings = {
  rounds: 'all rounds are done',
  target: 'the target is reached',
  done: 'the algorithm is done',
};

function summary(record: RunRecord, report: string | undefined): string {
  const lines = [
    `${record.name}: ${endings[record.ended]} after ${record.rounds} rounds, in ${record.wallSeconds.toFixed(1)} s`,
    `  accuracy  ${(100 * record.accuracy).toFixed(2)} %`,
    `  loss      ${record.loss.toFixed(4)}`,
    `  weights   sha256 ${record.weightsSha256}`,
    ...(report === undefined ? [] : [`  report    ${report}`]),
  ];
  return `${lines.join('\n')}\n`;
}
