/** A plugin: FedAvg whose server goes only a part of the way to the clients' mean. */
import {
  addScaled,
  define,
  deltaAveraging,
  localOptions,
  plainClient,
  selectionOptions,
  z,
} from 'murmuration-fl';

export const algorithms = [
  define({
    kind: 'half-step',
    summary: 'FedAvg with a server that goes a part of the way to the mean.',
    options: {
      ...selectionOptions,
      ...localOptions,
      step: z.number().positive().default(0.5).describe('how far the server goes; 1 is FedAvg'),
    },
    create: ({ step, ...options }) =>
      deltaAveraging(options, plainClient(options), {
        start: () => null,
        tell: () => null,
        step: (weights, { vectors }, own) => ({ weights: addScaled(weights, step, vectors.delta), own }),
      }),
  }),
];
