/** Normalisations; see learning/layers/norm.ts. */
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  EPSILON,
  type BatchNormLayer,
  type GroupNormLayer,
  type LayerNormLayer,
} from '../../../layers/norm.js';
import { imageOf } from '../../../layers/shape.js';
import { applyFunction, exampleShape } from './function.js';
import { apply, type Builder } from './kind.js';

export const buildLayerNorm: Builder<LayerNormLayer> = ({ layers: { layers } }, _, input) =>
  apply(layers.layerNormalization({ epsilon: EPSILON }), input);

/** Not Keras's: the variance that it keeps is the population's, ours (as PyTorch's) is the sample's, n / (n − 1) of it. */
export const buildBatchNorm: Builder<BatchNormLayer> = (tensorFlow, { layer: { momentum } }, input) => {
  const { tf } = tensorFlow;
  const outputShape = exampleShape(input);
  const shape = outputShape.slice(-1);
  return applyFunction(tensorFlow, input, {
    outputShape,
    weights: [
      { name: 'scale', shape },
      { name: 'shift', shape },
      { name: 'mean', shape, trainable: false },
      { name: 'variance', shape, trainable: false },
    ],
    compute(batch, [scale, shift, runningMean, runningVariance], { training, write }) {
      let [mean, variance] = [runningMean, runningVariance];
      if (training) {
        ({ mean, variance } = tf.moments(batch, [...batch.shape.keys()].slice(0, -1)));
        const count = batch.size / shape[0];
        const kept = (running: Tensor, now: Tensor) =>
          tf.add(tf.mul(running, momentum), tf.mul(now, 1 - momentum));
        write(2, kept(runningMean, mean));
        write(3, kept(runningVariance, tf.mul(variance, count / Math.max(count - 1, 1))));
      }
      const standard = tf.div(tf.sub(batch, mean), tf.sqrt(tf.add(variance, EPSILON)));
      return tf.add(tf.mul(standard, scale), shift);
    },
  });
};

export const buildGroupNorm: Builder<GroupNormLayer> = (tensorFlow, { layer, input: shape }, input) => {
  const { tf } = tensorFlow;
  const { height, width, channels } = imageOf(shape);
  const apart = [height * width, layer.groups, channels / layer.groups];
  return applyFunction(tensorFlow, input, {
    outputShape: exampleShape(input),
    weights: [
      { name: 'scale', shape: [channels] },
      { name: 'shift', shape: [channels] },
    ],
    compute(batch, [scale, shift]) {
      const groups = tf.reshape(batch, [-1, ...apart]);
      const { mean, variance } = tf.moments(groups, [1, 3], true);
      const standard = tf.div(tf.sub(groups, mean), tf.sqrt(tf.add(variance, EPSILON)));
      return tf.add(tf.mul(tf.reshape(standard, [-1, height, width, channels]), scale), shift);
    },
  });
};
