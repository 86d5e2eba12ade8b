/** A plugin: a perceptron whose layers each have half the width of the one before. */
import { define, z } from 'murmuration-fl';

export const models = [
  define({
    kind: 'funnel',
    summary: 'ReLU layers, each half as wide as the one before.',
    options: {
      width: z.number().int().positive().default(32).describe('of the first layer'),
      depth: z.number().int().positive().default(3).describe('how many hidden layers'),
    },
    create: ({ width, depth }, { input, classes }) => ({
      input,
      layers: [
        ...Array.from({ length: depth }, (_, i) => ({
          kind: 'dense',
          units: Math.max(classes, Math.ceil(width / 2 ** i)),
          activation: 'relu',
        })),
        { kind: 'dense', units: classes, activation: 'none' },
      ],
    }),
  }),
];
