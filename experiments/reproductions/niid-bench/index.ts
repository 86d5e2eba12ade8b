/** NIID-Bench's tables as Flower ran them again: four algorithms on skewed labels. */
import type { Reproduction } from '../reproduction.js';
import { cellOf } from './cells.js';
import { page } from './page.js';
import { algorithms, rows } from './settings.js';

/** The seed of all runs. */
const SEED = 1;

/** What is skewed before what is not, as the more telling. */
const ordered = [...rows].sort((a, b) => Number(a.split === 'iid') - Number(b.split === 'iid'));

export const niidBench: Reproduction = {
  name: 'niid-bench',
  cells: ordered.flatMap((row) => algorithms.map((algorithm) => cellOf(row, algorithm, SEED))),
  files: (results) => ({
    'docs/niid-bench.md': page((row, algorithm) => results(cellOf(row, algorithm, SEED))),
  }),
};
