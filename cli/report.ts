/** `murmur report DIR…`: tables and one page from the directories of runs. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { UserError } from '../errors/index.js';
import type { TableFormat } from '../experiments/index.js';

interface Options {
  readonly target?: number;
  readonly compare?: string;
  readonly choose?: readonly string[];
  readonly format: readonly TableFormat[];
  readonly columns?: readonly string[];
  readonly pivot?: string;
  readonly boldBest?: true;
  readonly longtable?: true;
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
    .addOption(
      new Option(
        '--columns <names>',
        'of the results, in this order, e.g. accuracy,loss (default: all)',
      ).argParser(words),
    )
    .option('--pivot <axis>', 'whose values become columns of the results')
    .option('--bold-best', 'the best of what is compared in bold, in Markdown and LaTeX')
    .option('--longtable', "LaTeX's tables break between pages")
    .option('--out <dir>', 'where to write (default: the directory, or report where there are several)')
    .option('--svg', 'also write every drawing as a file, into plots/')
    .action(run);
}

async function run(directories: readonly string[], given: Options): Promise<void> {
  const { format, svg, boldBest, ...options } = given;
  refuseIdle(given);
  // Loaded only now, since the charts' modules take a second.
  const { reportRuns } = await import('../experiments/index.js');
  const { results, files, leftOut } = reportRuns(directories, {
    ...options,
    formats: format,
    svg: svg === true,
    bold: boldBest === true,
    longtable: options.longtable === true,
  });
  for (const { directory, why } of leftOut) process.stderr.write(`left out: ${directory}, since ${why}\n`);
  process.stdout.write(`${results}\n`);
  const drawings = files.filter((file) => file.endsWith('.svg'));
  for (const file of files) if (!drawings.includes(file)) process.stdout.write(`${file}\n`);
  if (drawings.length > 0) process.stdout.write(`${drawings.length} drawings beside ${drawings[0]}\n`);
}

/** @throws UserError where an option would have no effect */
function refuseIdle({ format, boldBest, longtable }: Options): void {
  if (longtable && !format.includes('latex')) {
    throw new UserError('--longtable is for LaTeX tables: add --format latex');
  }
  if (boldBest && !format.includes('md') && !format.includes('latex')) {
    throw new UserError('--bold-best is for Markdown and LaTeX tables: add md or latex to --format');
  }
}

function accuracy(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 1) return value;
  throw new InvalidArgumentError('An accuracy is above 0 and at most 1, e.g. 0.9.');
}

/** "a, b": the names of a list, each once. */
function words(text: string): string[] {
  const list = text.split(',').map((word) => word.trim());
  const twice = list.find((word, i) => list.indexOf(word) !== i);
  if (list.includes('')) throw new InvalidArgumentError('Give names with a comma between them.');
  if (twice !== undefined) throw new InvalidArgumentError(`${twice} is there twice.`);
  return list;
}

function formatsOf(text: string): TableFormat[] {
  return words(text).map((word) => {
    const format = formats.find((known) => known === word);
    if (format !== undefined) return format;
    throw new InvalidArgumentError(`There is no format ${word}; there are ${formats.join(', ')}.`);
  });
}
