/** Gossip learning with plain and variance-corrected averages, by initialisation, topology, data and depth. */
import type { Reproduction } from '../reproduction.js';
import { cellOf, tracedCell } from './cells.js';
import { accuracyFigure, varianceFigure } from './figures.js';
import { networks, page } from './page.js';
import { recordedIn } from './recorded.js';
import { seeds, settings, traced, tracedTopologies } from './settings.js';

export const vanishingVariance: Reproduction = {
  name: 'vanishing-variance',
  cells: [
    ...traced.map((setting) => tracedCell(setting, seeds[0])),
    ...seeds.flatMap((seed) => settings.map((setting) => cellOf(setting, seed))),
  ],
  files(results) {
    const recorded = recordedIn(results);
    const accuracy = networks.flatMap((network) => accuracyFigure(network, recorded) ?? []);
    const variance = tracedTopologies.flatMap((topology) => varianceFigure(topology, recorded) ?? []);
    return {
      'docs/vanishing-variance.md': page(recorded, { accuracy, variance }),
      ...Object.fromEntries([...accuracy, ...variance].map(({ path, svg }) => [`docs/${path}`, svg])),
    };
  },
};
