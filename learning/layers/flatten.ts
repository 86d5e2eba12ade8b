/** Everything in one row: an image's numbers in the order [height, width, channels], a sequence's by position. */
import { z } from 'zod';
import { optionsSchema } from '../../registry/index.js';
import type { ShapeLayer } from './kind.js';
import { array, sizeOf } from './shape.js';

export const flattenSchema = optionsSchema({ kind: z.literal('flatten') });
export type FlattenLayer = z.output<typeof flattenSchema>;

export const shapeFlatten: ShapeLayer<FlattenLayer> = (_, input) => ({
  output: array(sizeOf(input)),
  tensors: [],
  traits: { reshapes: true },
});
