/** Named models trained centrally, beside PyTorch: what the engine learns, apart from any federation. */
import type { Reproduction } from '../reproduction.js';
import { cellOf } from './cells.js';
import { page } from './page.js';
import { seeds, settings } from './settings.js';

export const central: Reproduction = {
  name: 'central',
  cells: seeds.flatMap((seed) => settings.map((setting) => cellOf(setting, seed))),
  files: (results) => ({ 'docs/central.md': page(results) }),
};
