/** Layers on images: convolution and pooling. Kernels lie as TensorFlow's do, [height, width, channels, filters]. */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { windowsAlong, type Conv2dLayer } from '../../../layers/conv2d.js';
import type { GlobalPoolLayer, PoolLayer } from '../../../layers/pool.js';
import { imageOf } from '../../../layers/shape.js';
import { activations } from './activation.js';
import { applyFunction } from './function.js';
import { apply, type Builder } from './kind.js';

export const buildConv2d: Builder<Conv2dLayer> = (tensorFlow, { layer }, input) => {
  const { filters, kernel: kernelSize, stride: strides, padding, activation } = layer;
  const conv = { filters, kernelSize, strides, padding, activation: activations[activation] };
  return apply(tensorFlow.layers.layers.conv2d(conv), input);
};

export const buildPool: Builder<PoolLayer> = (tensorFlow, placed, input) => {
  const { layers } = tensorFlow.layers;
  const { pooling: of, kernel, stride = kernel, padding } = placed.layer;
  if (of === 'average' && padding === 'same') return buildPaddedAverage(tensorFlow, placed, input);
  const windows = {
    poolSize: [kernel, kernel] as [number, number],
    strides: [stride, stride] as [number, number],
    padding,
  };
  return apply(of === 'max' ? layers.maxPooling2d(windows) : layers.averagePooling2d(windows), input);
};

/**
 * Padding does not count in an average. TensorFlow.js 4.22 has that right in its averages but not in their gradients,
 * which divide by the whole window; so here padding counts first, and then averages are scaled up.
 */
const buildPaddedAverage: Builder<PoolLayer> = (tensorFlow, { layer, input: shape }, input) => {
  const { tf } = tensorFlow;
  const { kernel, stride = kernel, padding } = layer;
  const image = imageOf(shape);
  const axes = [image.height, image.width].map((extent) => {
    const { count, before } = windowsAlong(extent, { kernel, stride, padding });
    const after = Math.max(0, (count - 1) * stride + kernel - extent - before);
    /** kernel / how many of a window's places are not padding. */
    const scales = Array.from({ length: count }, (_, window) => {
      const start = window * stride - before;
      return kernel / (Math.min(start + kernel, extent) - Math.max(start, 0));
    });
    return { count, pads: [before, after] as [number, number], scales };
  });
  const [down, across] = axes;
  return applyFunction(tensorFlow, input, {
    outputShape: [down.count, across.count, image.channels],
    compute(batch) {
      const padded = tf.pad(batch as Tensor4D, [[0, 0], down.pads, across.pads, [0, 0]]);
      const averages = tf.avgPool(padded, kernel, stride, 'valid');
      const rows = tf.tensor(down.scales, [down.count, 1, 1]);
      return tf.mul(tf.mul(averages, rows), tf.tensor(across.scales, [across.count, 1]));
    },
  });
};

export const buildGlobalPool: Builder<GlobalPoolLayer> = (tensorFlow, { layer }, input) => {
  const { layers } = tensorFlow.layers;
  return apply(
    layer.pooling === 'max' ? layers.globalMaxPooling2d({}) : layers.globalAveragePooling2d({}),
    input,
  );
};
