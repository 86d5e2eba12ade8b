/** Options of `murmur sweep`, of which `murmur work` has some too. */
import { InvalidArgumentError, Option } from 'commander';
import type { Shard } from '../experiments/sweep/index.js';
import { positiveNumber, type Assignments } from './options.js';

export interface SweepCommandOptions {
  readonly set: Assignments;
  readonly quick?: true;
  readonly out?: string;
  readonly jobs?: number;
  readonly memory?: number;
  readonly shard?: Shard;
  readonly queue?: string;
  readonly redo?: true;
  readonly dryRun?: true;
  readonly skipInvalid?: true;
  readonly yes?: true;
  readonly json?: true;
  readonly plugin: readonly string[];
}

export const jobsOption = () =>
  new Option('--jobs <n>', 'how many cores to use (default: all)').argParser(positiveNumber);

export const memoryOption = () =>
  new Option(
    '--memory <GiB>',
    'what the runs may take together (default: nine tenths of what is free)',
  ).argParser(gibibytes);

/** @returns MiB */
function gibibytes(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity))
    throw new InvalidArgumentError('Give a number of GiB above 0, e.g. 8.');
  return 1024 * value;
}

/** "2/8": the second of eight parts. */
export function shard(text: string): Shard {
  const [, index = NaN, of = NaN] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= of) return { index, of };
  throw new InvalidArgumentError(
    'Write it as i/n with i from 1 to n, e.g. 1/8 for the first of eight parts.',
  );
}
