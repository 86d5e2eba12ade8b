/** `npm run rekey`: compares a cheap cell of each algorithm with what is recorded, then gives all lines their keys of now. */
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { writeAtomically } from '../../records/host/index.js';
import { rekeySweeps } from '../recorded-sweeps/rekey.js';
import { compareAgain, rekeyed, spotChecks, type Taken } from './rekey.js';
import { readResults, resultsFile } from './reproduce.js';
import { reproductions } from './reproductions.js';

await new Command('rekey')
  .description('Gives recorded results the keys that their cells have now.')
  .option('--most-seconds <n>', 'cells that took longer are not run to compare them', Number, 60)
  .option('--no-sweeps', 'runs of recorded sweeps are not compared')
  .action(async ({ mostSeconds, sweeps }: { mostSeconds: number; sweeps: boolean }) => {
    const all = reproductions.map((reproduction) => ({
      reproduction,
      ...rekeyed(reproduction.cells, readResults(reproduction)),
    }));
    const renamed: Taken[] = all.flatMap((each) => each.renamed);
    const checks = spotChecks(renamed, mostSeconds);
    for (const taken of checks) {
      await compareAgain(taken, availableParallelism());
      process.stdout.write(`${taken.cell.name}: as recorded\n`);
    }
    for (const { reproduction, lines, renamed: own } of all) {
      if (own.length > 0) {
        writeAtomically(resultsFile(reproduction), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      }
      process.stdout.write(`${reproduction.name}: ${own.length} lines have a new key\n`);
    }
    await rekeySweeps(sweeps ? availableParallelism() : 0, (sentence) =>
      process.stdout.write(`${sentence}\n`),
    );
  })
  .parseAsync();
