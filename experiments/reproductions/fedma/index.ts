/** FedMA: networks that become one at once, and in passes of one round a layer beside FedAvg and FedProx. */
import { filesOf } from '../drawing.js';
import type { Reproduction } from '../reproduction.js';
import { figures } from './figures.js';
import { kindCell, kindSettings } from './kinds.js';
import { besideCell } from './beside-reference.js';
import { oneShotCell } from './one-shot.js';
import { page } from './page.js';
import { recordedIn } from './recorded.js';
import { roundsCell } from './rounds.js';
import { referenceOf } from './reference.js';
import { oneShotSettings, roundsSettings, seeds } from './settings.js';

/** The settings that the authors' code was run with. */
const besideReference = oneShotSettings.filter((setting) => referenceOf(setting) !== undefined);

export const fedma: Reproduction = {
  name: 'fedma',
  cells: seeds.flatMap((seed) => [
    ...besideReference.map((setting) => besideCell(setting, seed)),
    ...oneShotSettings.map((setting) => oneShotCell(setting, seed)),
    ...kindSettings.map((setting) => kindCell(setting, seed)),
    ...roundsSettings.map((setting) => roundsCell(setting, seed)),
  ]),
  files(results) {
    const recorded = recordedIn(results);
    const drawings = figures(recorded);
    return { 'docs/fedma.md': page(recorded, drawings), ...filesOf(drawings) };
  },
};
