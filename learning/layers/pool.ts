/** Pooling of images: the largest or the average of each window, or of each whole channel. */
import { z } from 'zod';
import { optionsSchema } from '../../registry/index.js';
import { padding, windowsOver } from './conv2d.js';
import type { ShapeLayer } from './kind.js';
import { array, imageOf } from './shape.js';

export const poolSchema = optionsSchema({
  kind: z.literal('pool'),
  pooling: z.enum(['max', 'average']).default('max'),
  kernel: z.int().positive().default(2).describe('height and width of a window'),
  stride: z.int().positive().optional().describe('left out, the windows stand side by side'),
  padding,
});
export type PoolLayer = z.output<typeof poolSchema>;

export const shapePool: ShapeLayer<PoolLayer> = (layer, input) => {
  const { kernel, stride = kernel, padding: pads } = layer;
  const image = imageOf(input);
  const { down, across } = windowsOver(image, { kernel, stride, padding: pads });
  return { output: array(down.count, across.count, image.channels), tensors: [] };
};

/** One number a channel. */
export const globalPoolSchema = optionsSchema({
  kind: z.literal('global-pool'),
  pooling: z.enum(['max', 'average']).default('average'),
});
export type GlobalPoolLayer = z.output<typeof globalPoolSchema>;

export const shapeGlobalPool: ShapeLayer<GlobalPoolLayer> = (_, input) => ({
  output: array(imageOf(input).channels),
  tensors: [],
});
