/**
 * Normalisation: values less their mean, by their standard deviation, times a scale and plus a shift for each channel.
 * Layers differ in what the mean is taken over.
 */
import { z } from 'zod';
import { optionsSchema } from '../../registry/index.js';
import { constant, zeros, type NewTensor, type ShapeLayer } from './kind.js';
import { imageOf, type Shape } from './shape.js';

/** Added to variances. */
export const EPSILON = 1e-5;

/** Over the channels of each position (Ba et al. 2016). */
export const layerNormSchema = optionsSchema({ kind: z.literal('layer-norm') });
export type LayerNormLayer = z.output<typeof layerNormSchema>;

/** Over groups of an image's channels (Wu & He 2018). */
export const groupNormSchema = optionsSchema({
  kind: z.literal('group-norm'),
  groups: z.int().positive().describe('how many groups the channels are divided into'),
});
export type GroupNormLayer = z.output<typeof groupNormSchema>;

/**
 * Over a batch, channel by channel, while training; by running statistics else (Ioffe & Szegedy 2015). These are part
 * of the weights, with roles of their own.
 */
export const batchNormSchema = optionsSchema({
  kind: z.literal('batch-norm'),
  momentum: z
    .number()
    .min(0)
    .lt(1)
    .default(0.9)
    .describe('how much of the running statistics is kept in each step'),
});
export type BatchNormLayer = z.output<typeof batchNormSchema>;

const channelsOf = (shape: Shape): number =>
  shape.kind === 'sequence' ? shape.width : (shape.extents.at(-1) ?? 1);

const scaleAndShift = (channels: number): NewTensor[] => [
  { name: 'scale', shape: [channels], role: 'norm.scale', initial: constant(1) },
  { name: 'shift', shape: [channels], role: 'norm.shift', initial: zeros },
];

export const shapeLayerNorm: ShapeLayer<LayerNormLayer> = (_, input) => ({
  output: input,
  tensors: scaleAndShift(channelsOf(input)),
});

export const shapeGroupNorm: ShapeLayer<GroupNormLayer> = ({ groups }, input) => {
  const { channels } = imageOf(input);
  if (channels % groups !== 0) {
    throw new RangeError(`its ${groups} groups do not divide the ${channels} channels that come in evenly`);
  }
  return { output: input, tensors: scaleAndShift(channels) };
};

export const shapeBatchNorm: ShapeLayer<BatchNormLayer> = (_, input) => {
  const shape = [channelsOf(input)];
  return {
    output: input,
    tensors: [
      ...scaleAndShift(shape[0]),
      { name: 'mean', shape, role: 'norm.mean', initial: zeros },
      { name: 'variance', shape, role: 'norm.var', initial: constant(1) },
    ],
    traits: { normalizesBatch: true },
  };
};
