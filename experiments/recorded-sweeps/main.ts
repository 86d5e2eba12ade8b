/** `npm run results -- [DIR…]`: records finished sweeps, then writes docs/results.md from all that is recorded. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeAtomically } from '../../records/host/index.js';
import { resultsFiles } from './page.js';
import { readRecordedSweeps, recordSweep } from './record.js';

for (const directory of process.argv.slice(2))
  process.stdout.write(`recorded in ${recordSweep(directory)}\n`);
for (const [path, content] of Object.entries(resultsFiles(readRecordedSweeps()))) {
  mkdirSync(dirname(path), { recursive: true });
  writeAtomically(path, content);
  process.stdout.write(`wrote ${path}\n`);
}
