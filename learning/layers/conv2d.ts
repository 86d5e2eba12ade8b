/** Two-dimensional convolution of images [height, width, channels]. */
import { z } from 'zod';
import { optionsSchema } from '../../registry/index.js';
import { activation } from './activation.js';
import { glorot, zeros, type ShapeLayer } from './kind.js';
import { array, imageOf } from './shape.js';

export const padding = z
  .enum(['same', 'valid'])
  .default('valid')
  .describe("'same' pads with zeros so that a stride of 1 keeps height and width, as TensorFlow does");

export const conv2dSchema = optionsSchema({
  kind: z.literal('conv2d'),
  filters: z.int().positive(),
  kernel: z.int().positive().describe('height and width of the kernel'),
  stride: z.int().positive().default(1),
  padding,
  activation,
});
export type Conv2dLayer = z.output<typeof conv2dSchema>;

export interface Windows {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: z.output<typeof padding>;
}

/** How many windows there are along an axis, and how many zeros stand before its first number. */
export function windowsAlong(extent: number, { kernel, stride, padding: pads }: Windows) {
  if (pads === 'valid') return { count: Math.floor((extent - kernel) / stride) + 1, before: 0 };
  const count = Math.ceil(extent / stride);
  return { count, before: Math.floor(Math.max(0, (count - 1) * stride + kernel - extent) / 2) };
}

/** @throws RangeError where no window fits */
export function windowsOver(image: { height: number; width: number }, windows: Windows) {
  const { kernel } = windows;
  const [down, across] = [windowsAlong(image.height, windows), windowsAlong(image.width, windows)];
  if (down.count < 1 || across.count < 1) {
    throw new RangeError(
      `its windows of ${kernel} × ${kernel} do not fit an image of ${image.height} × ${image.width}; ` +
        `it needs at least ${kernel} × ${kernel}, or padding: same`,
    );
  }
  return { down, across };
}

/** The kernel is stored [height, width, channels, filters], row-major. */
export const shapeConv2d: ShapeLayer<Conv2dLayer> = (layer, input) => {
  const { filters, kernel } = layer;
  const image = imageOf(input);
  const { down, across } = windowsOver(image, layer);
  const area = kernel * kernel;
  return {
    output: array(down.count, across.count, filters),
    tensors: [
      {
        name: 'kernel',
        shape: [kernel, kernel, image.channels, filters],
        role: 'weight',
        initial: glorot(area * image.channels, area * filters),
      },
      { name: 'bias', shape: [filters], role: 'bias', initial: zeros },
    ],
  };
};
