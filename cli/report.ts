/** `murmur report DIR…`: tables and one page from the directories of runs. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { TableFormat } from '../experiments/index.js';

interface Options {
  readonly target?: number;
  readonly compare?: string;
  readonly choose?: readonly string[];
  readonly format: readonly TableFormat[];
  readonly out?: string;
  readonly svg?: true;
}

const formats: readonly TableFormat[] = ['md', 'csv', 'latex'];

export function reportCommand(): Command {
  return new Command('report')
    .description('Tables and one page (report.html) from run directories, folders of them, or a sweep.')
    .argument('<directories...>', "run directories, folders that hold some, or a sweep's directory")
    .option('--target <accuracy>', 'also what it took to reach this test accuracy, e.g. 0.9', accuracy)
    .option(
      '--compare <axis>',
      'whose values are told apart and tested (default: series, algorithm, or the first)',
    )
    .addOption(
      new Option(
        '--choose <axes>',
        'choose along these on the validation part (default: what is under an optimizer, where there is one)',
      ).argParser(words),
    )
    .addOption(
      new Option('--format <formats>', `tables as ${formats.join(', ')}`)
        .argParser(formatsOf)
        .default(['md'], 'md'),
    )
    .option('--out <dir>', 'where to write (default: the directory, or report where there are several)')
    .option('--svg', 'also write every drawing as a file, into plots/')
    .action(run);
}

async function run(directories: readonly string[], { format, svg, ...options }: Options): Promise<void> {
  // Loaded only now, since the charts' modules take a second.
  const { reportRuns } = await import('../experiments/index.js');
  const { results, files, leftOut } = reportRuns(directories, {
    ...options,
    formats: format,
    svg: svg === true,
  });
  for (const { directory, why } of leftOut) process.stderr.write(`left out: ${directory}, since ${why}\n`);
  process.stdout.write(`${results}\n`);
  const drawings = files.filter((file) => file.endsWith('.svg'));
  for (const file of files) if (!drawings.includes(file)) process.stdout.write(`${file}\n`);
  if (drawings.length > 0) process.stdout.write(`${drawings.length} drawings beside ${drawings[0]}\n`);
}

function accuracy(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 1) return value;
  throw new InvalidArgumentError('An accuracy is above 0 and at most 1, e.g. 0.9.');
}

const words = (text: string) => text.split(',').filter((word) => word !== '');

function formatsOf(text: string): TableFormat[] {
  return words(text).map((word) => {
    const format = formats.find((known) => known === word);
    if (format !== undefined) return format;
    throw new InvalidArgumentError(`There is no format ${word}; there are ${formats.join(', ')}.`);
  });
}
