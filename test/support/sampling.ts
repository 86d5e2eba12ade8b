/**
 * How many generated cases a test run tries: a sample that a seed decides (`npm test`), or all of them with MURMUR_TEST_ALL=1
 * (`npm run test:all` and .ci/run). MURMUR_TEST_SEED chooses another sample.
 */
import { stream } from '../../numerics/index.js';

export const triesAll = process.env['MURMUR_TEST_ALL'] === '1';

const SEED = Number(process.env['MURMUR_TEST_SEED'] ?? 1);

/** Whether the sample includes a case; its name decides, so that other cases do not depend on it. */
export const isSampled = (name: string, probability: number) =>
  triesAll || stream(SEED, 'sample', name)() < probability;
