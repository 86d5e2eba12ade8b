/** `npm run reproduce -- NAME`: runs what is missing of a reproduction and writes its pages. */
import { Command } from 'commander';
import { UserError } from '../../errors/index.js';
import { readResults, reproduce, writePages } from './reproduce.js';
import { keyOf, type Reproduction } from './reproduction.js';
import { reproductions } from './reproductions.js';

interface Options {
  readonly only?: string[];
  readonly threads: number;
  readonly docsOnly?: true;
  readonly list?: true;
}

// A reader of the list that has seen enough is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

await new Command('reproduce')
  .description('Repeats published results: runs the cells that are missing, then writes the pages.')
  .argument('[names...]', `which: ${reproductions.map(({ name }) => name).join(', ')}; all by default`)
  .option('--only <cells...>', 'only these cells, by the beginnings of their names')
  .option('--threads <n>', 'threads of each run', Number, 1)
  .option('--docs-only', 'run nothing, write the pages from what is recorded')
  .option('--list', 'print the cells and which of them are recorded')
  .action(async (names: string[], { only, threads, docsOnly, list }: Options) => {
    for (const reproduction of chosen(names)) {
      if (list) say(listing(reproduction));
      if (!list && !docsOnly) await reproduce(reproduction, { only, threads, onProgress: say });
      if (!list) for (const file of writePages(reproduction)) say(`wrote ${file}`);
    }
  })
  .parseAsync();

function chosen(names: readonly string[]): readonly Reproduction[] {
  const unknown = names.find((name) => !reproductions.some((known) => known.name === name));
  if (unknown !== undefined) {
    throw new UserError(
      `no reproduction '${unknown}'; there are ${reproductions.map(({ name }) => name).join(', ')}`,
    );
  }
  return names.length === 0 ? reproductions : reproductions.filter(({ name }) => names.includes(name));
}

function listing(reproduction: Reproduction): string {
  const recorded = new Set(readResults(reproduction).map(({ key }) => key));
  return reproduction.cells
    .map((cell) => {
      const state = recorded.has(keyOf(cell))
        ? 'recorded'
        : cell.onRequest === true
          ? 'on request'
          : 'missing';
      return `${state.padEnd(10)}  ${cell.name}`;
    })
    .join('\n');
}

function say(message: string): void {
  process.stdout.write(`${message}\n`);
}
