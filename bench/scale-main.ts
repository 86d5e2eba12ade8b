/** The process that `scale` starts: RECIPE and overrides as JSON in, a line of JSON out. */
import { z } from 'zod';
import { scaleRun } from './scale-run.js';

const [file, overrides] = process.argv.slice(2);
const measured = await scaleRun(file, z.record(z.string(), z.unknown()).parse(JSON.parse(overrides)));
process.stdout.write(`${JSON.stringify(measured)}\n`);
