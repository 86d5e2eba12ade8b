/**
 * Gaussian pixel noise whose level rises from client to client, the noise-based feature imbalance of NIID-Bench (Li et al. 2022):
 * client c of K has the standard deviation σ · c / (K − 1). Pixels become float32 and are not clipped. A client's noise on an
 * example is always the same.
 */
import { z } from 'zod';
import { stream } from '../../numerics/index.js';
import { define } from '../../registry/index.js';
import {
  transformAsClients,
  FeatureError,
  valueTransform,
  testAsClients,
  type FeatureContext,
  type FeatureSkew,
} from './image.js';
import type { InputFormat } from '../../learning/index.js';
import { LEVELS, normalQuantiles } from './normal-quantiles.js';

const DRAWS_IN_ONE = 4;

export const noise = define({
  kind: 'noise',
  summary: 'Gaussian noise on every pixel, from none at the first client to most at the last.',
  options: {
    std: z
      .number()
      .min(0)
      .default(0.1)
      .describe(
        'Standard deviation at the last client, as a fraction of the range of a stored value (0 to 255, or 1).',
      ),
    test: testAsClients,
  },
  create: ({ std: deviation, test }, context: FeatureContext): FeatureSkew => {
    const { seed, clients, input } = context;
    checkNotTokens(input);
    const range = input.type === 'uint8' ? 255 : 1;
    const floats: InputFormat = { ...input, type: 'float32' };
    /** @param name the held-out set, for the stream's name */
    const noiseAt = (client: number, ...name: readonly string[]) => {
      const level = clients > 1 ? (range * deviation * client) / (clients - 1) : 0;
      if (level === 0) return undefined;
      const quantiles = normalQuantiles();
      return valueTransform(floats, (numbers, index) => {
        const draw = stream(seed, 'features', 'noise', ...name, client, index);
        for (let i = 0; i < numbers.length; i += DRAWS_IN_ONE) {
          // One uniform number has enough bits for four draws of 12 bits.
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
    return {
      input: floats,
      client: (client) => noiseAt(client),
      ...(test && {
        heldOut: (set) => transformAsClients(context, set, (client) => noiseAt(client, set.on)),
      }),
    };
  },
});

/** @throws FeatureError if values are token numbers */
function checkNotTokens({ shape, type, scale, shift }: InputFormat): void {
  if (shape.length !== 1 || type !== 'uint8' || scale !== 1 || shift !== 0) return;
  throw new FeatureError(
    `noise needs numeric inputs; the inputs of this dataset are ${shape.join(' × ')} tokens: choose the feature skew 'none'`,
  );
}
