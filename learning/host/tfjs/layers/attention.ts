/** What transformers are made of besides dense layers; see learning/layers/attention.ts. */
import type { AttentionLayer, PositionalLayer } from '../../../layers/attention.js';
import { applyFunction, exampleShape } from './function.js';
import type { Builder } from './kind.js';

export const buildPositional: Builder<PositionalLayer> = (tensorFlow, _, input) => {
  const shape = exampleShape(input);
  return applyFunction(tensorFlow, input, {
    outputShape: shape,
    weights: [{ name: 'table', shape }],
    compute: (batch, [table]) => tensorFlow.tf.add(batch, table),
  });
};

/** Added to what comes later than the position that looks: its share is then 0. */
const HIDDEN = -1e9;

export const buildAttention: Builder<AttentionLayer> = (tensorFlow, { layer: { heads } }, input) => {
  const { tf } = tensorFlow;
  const [length, width] = exampleShape(input);
  const later = Float32Array.from({ length: length ** 2 }, (_, i) =>
    i % length > Math.floor(i / length) ? HIDDEN : 0,
  );
  return applyFunction(tensorFlow, input, {
    outputShape: [length, width],
    weights: [
      { name: 'kernel', shape: [width, 3 * width] },
      { name: 'bias', shape: [3 * width] },
      { name: 'output-kernel', shape: [width, width] },
      { name: 'output-bias', shape: [width] },
    ],
    compute(batch, [kernel, bias, outputKernel, outputBias]) {
      const rows = tf.reshape(batch, [-1, width]);
      const [queries, keys, values] = tf
        .split(tf.add(tf.matMul(rows, kernel), bias), 3, 1)
        .map((part) => tf.transpose(tf.reshape(part, [-1, length, heads, width / heads]), [0, 2, 1, 3]));
      const scores = tf.div(tf.matMul(queries, keys, false, true), Math.sqrt(width / heads));
      const shares = tf.softmax(tf.add(scores, tf.tensor(later, [length, length])));
      const together = tf.reshape(tf.transpose(tf.matMul(shares, values), [0, 2, 1, 3]), [-1, width]);
      return tf.reshape(tf.add(tf.matMul(together, outputKernel), outputBias), [-1, length, width]);
    },
  });
};
