/** `node simulate-cases.js FOLDER` simulates every algorithm case into a directory FOLDER/NAME; on any Node.js, with the bundled library. */
import { join } from 'node:path';
import { parseRecipe, simulate } from 'murmuration-fl';
import { algorithmCases } from './algorithm-cases.js';

for (const [name, text] of Object.entries(algorithmCases)) {
  await simulate(parseRecipe(text), { threads: 1, out: join(process.argv[2], name) });
}
