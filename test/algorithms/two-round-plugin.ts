/** The two-round algorithm as a plugin, so that real hosts can be tested with it. */
import { define } from '../../registry/index.js';
import { twoRound } from './two-round.js';

export const algorithms = define({
  kind: 'two-round',
  summary: 'Averages first layers in one round, the other layers in the next.',
  options: {},
  create: () => twoRound({ batchSize: 10 }),
});
