/** NoLoCo beside DiLoCo, local SGD and data-parallel training, and what its spread, γ and pairs do. */
import { filesOf } from '../drawing.js';
import type { Reproduction } from '../reproduction.js';
import { cellOf } from './cells.js';
import { figures } from './figures.js';
import { languageCells, languageTable } from './language.js';
import { MESSAGE, networkModel, page } from './page.js';
import { recordedIn } from './recorded.js';
import { ablations, comparison, seeds } from './settings.js';

export const noloco: Reproduction = {
  name: 'noloco',
  cells: [
    ...seeds.flatMap((seed) => [...comparison, ...ablations].map((setting) => cellOf(setting, seed))),
    ...languageCells,
  ],
  files(results) {
    const recorded = recordedIn(results);
    const drawings = figures(recorded, MESSAGE);
    return {
      'docs/noloco.md': page(recorded, drawings, { ...networkModel(), language: languageTable(results) }),
      ...filesOf(drawings),
    };
  },
};
