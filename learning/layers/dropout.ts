/** Dropout (Srivastava et al. 2014): while training, values become zero by chance, and the others as much larger. */
import { z } from 'zod';
import { optionsSchema } from '../../registry/index.js';
import type { ShapeLayer } from './kind.js';

export const dropoutSchema = optionsSchema({
  kind: z.literal('dropout'),
  rate: z.number().min(0).lt(1).describe('the probability that a value becomes zero'),
});
export type DropoutLayer = z.output<typeof dropoutSchema>;

export const shapeDropout: ShapeLayer<DropoutLayer> = (_, input) => ({
  output: input,
  tensors: [],
  traits: { random: true },
});
