/** Examples as TensorFlow.js takes them. */
import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import type { Examples } from '../../engine.js';
import { classesOf, positionsOf, type Model } from '../../model.js';
import type { TensorFlow } from './tensor-flow.js';

export interface Batch {
  readonly inputs: TfTensor;
  /** What each row of logits predicts: the examples' labels, or at each position of a sequence what follows. */
  readonly labels: Int32Array;
  /** The same as rows in which one class is 1. */
  readonly targets: TfTensor;
}

/** The examples at positions from … to − 1 of an order, or of the examples as they come. */
export function batchOf(
  { tf }: TensorFlow,
  model: Model,
  examples: Examples,
  order: Uint32Array | undefined,
  from: number,
  to: number,
): Batch {
  const { scale, shift, type, shape } = examples.input;
  const size = shape.reduce((product, extent) => product * extent, 1);
  const bytes = size * (type === 'uint8' ? 1 : 4);
  const stored = new Uint8Array(bytes * (to - from));
  const positions = positionsOf(model);
  const labels = new Int32Array((to - from) * positions);
  const classes = classesOf(model);
  for (let position = from; position < to; position++) {
    const index = order === undefined ? position : order[position];
    const label = examples.label(index);
    if (!(label >= 0 && label < classes)) {
      throw new RangeError(
        `example ${index} has the label ${label}, but the model has ${classes} classes (0 to ${classes - 1})`,
      );
    }
    const row = position - from;
    examples.copyInput(index, stored, row * bytes);
    // Tokens are bytes; those after the first are what the positions before them predict.
    if (positions > 1) labels.set(stored.subarray(row * bytes + 1, (row + 1) * bytes), row * positions);
    labels[(row + 1) * positions - 1] = label;
  }
  const numbers = type === 'uint8' ? Float32Array.from(stored) : new Float32Array(stored.buffer);
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = Math.fround(numbers[i] * Math.fround(scale)) + Math.fround(shift);
  }
  const inputs = tf.tensor(numbers, [to - from, ...model.spec.input], 'float32');
  return { inputs, targets: tf.oneHot(tf.tensor1d(labels, 'int32'), classes), labels };
}
