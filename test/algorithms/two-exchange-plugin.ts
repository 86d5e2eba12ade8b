/** The two-exchange algorithm as a plugin, so that real hosts can be tested with it. */
import { define } from '../../registry/index.js';
import { twoExchange } from './two-exchange.js';

export const algorithms = define({
  kind: 'two-exchange',
  summary: 'Averages first layers in one exchange, the other layers in the next.',
  options: {},
  create: () => twoExchange({ batchSize: 10 }),
});
