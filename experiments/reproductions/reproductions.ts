/** All reproductions, in the order in which they are run. */
import { central } from './central/index.js';
import { fedavg } from './fedavg/index.js';
import { fedma } from './fedma/index.js';
import { niidBench } from './niid-bench/index.js';
import { noloco } from './noloco/index.js';
import type { Reproduction } from './reproduction.js';
import { vanishingVariance } from './vanishing-variance/index.js';

export const reproductions: readonly Reproduction[] = [
  central,
  fedavg,
  fedma,
  niidBench,
  noloco,
  vanishingVariance,
];
