/**
 * Gaussian pixel noise whose level rises from client to client, the noise-based feature imbalance of NIID-Bench
 * (Li et al. 2022): client c of K has the deviation σ · c / (K − 1). An example looks the same each time a client
 * meets it.
 */
import { z } from 'zod';
import { stream } from '../../numerics/index.js';
import { define } from '../../registry/index.js';
import { onNumbers, type FeatureContext, type FeatureSkew } from './image.js';
import { LEVELS, normalQuantiles } from './normal-quantiles.js';

const DRAWS_IN_ONE = 4;

export const noise = define({
  kind: 'noise',
  summary: 'Gaussian noise on every pixel, none at the first client and most at the last.',
  options: {
    deviation: z
      .number()
      .min(0)
      .default(0.1)
      .describe(
        'Standard deviation at the last client, as a share of the range of a stored number (0 to 255, or 1).',
      ),
  },
  create: ({ deviation }, { seed, clients, input }: FeatureContext): FeatureSkew => {
    const range = input.type === 'uint8' ? 255 : 1;
    return (client) => {
      const level = clients > 1 ? (range * deviation * client) / (clients - 1) : 0;
      if (level === 0) return undefined;
      const quantiles = normalQuantiles();
      return onNumbers(input, (numbers, index) => {
        const draw = stream(seed, 'features', 'noise', client, index);
        for (let i = 0; i < numbers.length; i += DRAWS_IN_ONE) {
          // One uniform number has bits for four draws of twelve.
          let bits = draw();
          for (let j = i; j < Math.min(i + DRAWS_IN_ONE, numbers.length); j++) {
            bits *= LEVELS;
            const place = Math.floor(bits);
            bits -= place;
            numbers[j] += level * quantiles[place];
          }
        }
      });
    };
  },
});
