/** Dropout, from the step's chance: without one nothing is dropped. Other masks than the wasm engine's, of one kind. */
import type { DropoutLayer } from '../../../layers/dropout.js';
import type { Tensor } from '@tensorflow/tfjs-core';
import { applyFunction, exampleShape } from './function.js';
import type { Builder, BuildContext } from './kind.js';

export const buildDropout: Builder<DropoutLayer> = (tensorFlow, { layer: { rate }, name }, input) =>
  applyFunction(tensorFlow, input, {
    outputShape: exampleShape(input),
    compute: (batch) => drop(tensorFlow, batch, rate, name),
  });

/** @param name of the layer: each has its own draws */
export function drop({ tf, chance }: BuildContext, batch: Tensor, rate: number, name: string): Tensor {
  if (chance.ofStep === undefined) return batch;
  const draws = tf.randomUniform(batch.shape, 0, 1, 'float32', [...chance.ofStep, name].join());
  const kept = tf.cast(tf.greaterEqual(draws, rate), 'float32');
  return tf.div(tf.mul(batch, kept), 1 - rate);
}
