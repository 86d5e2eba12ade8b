/** FedAvg as McMahan et al. 2017 reported it: rounds to a target accuracy (tables 1, 2 and 4), and Figure 1. */
import type { Cell, Reproduction } from '../reproduction.js';
import { countingCells, expectedCost, nameOf, type Count } from './cells.js';
import { drawFigure1, figure1, figurePath } from './figure-1.js';
import { page } from './page.js';
import { table1, table2, table4, type Setting } from './settings.js';

/** By name, since tables share settings; Table 1's is run. */
const settings = new Map<string, Setting>();
for (const { settings: row } of [...table1, ...table2, ...table4]) {
  for (const setting of row) if (!settings.has(nameOf(setting))) settings.set(nameOf(setting), setting);
}

const ordered = [...settings.values()].sort((a, b) => expectedCost(a) - expectedCost(b));
const cells = new Map<string, readonly Cell<Count>[]>(
  ordered.map((setting) => [nameOf(setting), countingCells(setting)]),
);

export const fedavg: Reproduction = {
  name: 'fedavg',
  cells: [figure1.same, figure1.own, ...[...cells.values()].flat()],
  files(results) {
    const curves = { same: results(figure1.same), own: results(figure1.own) };
    const figures = (['same', 'own'] as const).flatMap((init) => {
      const curve = curves[init];
      return curve ? [[`docs/${figurePath(init)}`, drawFigure1(curve, init)] as const] : [];
    });
    return {
      'docs/fedavg.md': page((setting) => (cells.get(nameOf(setting)) ?? []).map(results), curves),
      ...Object.fromEntries(figures),
    };
  },
};
