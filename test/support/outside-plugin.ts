/** A plugin in a folder that no package holds, as a user may write it anywhere; FedAvg by another name. */
export const outsidePlugin = `
import { algorithms as known, define } from 'murmuration-fl';

export const algorithms = [
  define({
    kind: 'outside',
    summary: 'FedAvg from outside.',
    options: known.entry('fedavg').options.shape,
    create: (options, context) => known.create({ kind: 'fedavg', ...options }, context),
  }),
];
`;
