/** Models once more in TensorFlow.js: the loss, its gradient and the logits, as an independent reference. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients
import type { Examples } from '../../../learning/engine.js';
import { view, type Layer, type LayerOf, type Model, type PlacedLayer } from '../../../learning/index.js';

type Tensors = (name: string) => tf.Tensor;
type Forward<L> = (layer: L, input: tf.Tensor, tensor: Tensors) => tf.Tensor;

const activations = {
  none: (x: tf.Tensor) => x,
  relu: (x: tf.Tensor) => tf.relu(x),
  tanh: (x: tf.Tensor) => tf.tanh(x),
  sigmoid: (x: tf.Tensor) => tf.sigmoid(x),
  gelu: (x: tf.Tensor) => {
    const cubic = tf.add(x, tf.mul(0.044715, tf.mul(x, tf.mul(x, x))));
    return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), cubic))));
  },
};

const image = (x: tf.Tensor): tf.Tensor4D => {
  const [count, height, width, channels] = x.shape;
  return tf.reshape<tf.Rank.R4>(x, [count, height, width, channels]);
};

/** avgPool's own gradient divides by the whole window where a border takes part of it. */
const windowSums = (x: tf.Tensor, kernel: number, stride: number, padding: 'same' | 'valid') =>
  tf.depthwiseConv2d(image(x), tf.ones<tf.Rank.R4>([kernel, kernel, image(x).shape[3], 1]), stride, padding);

const range = (length: number) => Array.from({ length }, (_, i) => i);

/** Less the mean, by the deviation. */
function standard(x: tf.Tensor, axes: number[]): tf.Tensor {
  const { mean, variance } = tf.moments(x, axes, true);
  return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
}
const scaled = (x: tf.Tensor, tensor: Tensors) => tf.add(tf.mul(x, tensor('scale')), tensor('shift'));
const normalised = (x: tf.Tensor, axes: number[], tensor: Tensors) => scaled(standard(x, axes), tensor);

const forwards: { readonly [Kind in Layer['kind']]: Forward<LayerOf<Kind>> } = {
  dense: ({ activation }, x, tensor) => {
    const kernel = tensor('kernel');
    // Sequences have three axes, images four.
    const [count, length] = x.shape;
    const rows = tf.reshape<tf.Rank.R2>(x, [-1, kernel.shape[0]]);
    const y = activations[activation](tf.add(tf.matMul(rows, kernel), tensor('bias')));
    return x.rank === 3 ? tf.reshape(y, [count, length, -1]) : y;
  },
  conv2d: ({ stride, padding, activation }, x, tensor) =>
    activations[activation](
      tf.add(tf.conv2d(image(x), image(tensor('kernel')), stride, padding), tensor('bias')),
    ),
  pool: ({ pooling: of, kernel, stride = kernel, padding }, x) =>
    of === 'max'
      ? tf.maxPool(image(x), kernel, stride, padding)
      : tf.div(windowSums(x, kernel, stride, padding), windowSums(tf.onesLike(x), kernel, stride, padding)),
  'global-pool': ({ pooling: of }, x) => (of === 'max' ? tf.max(x, [1, 2]) : tf.mean(x, [1, 2])),
  flatten: (_, x) => tf.reshape(x, [x.shape[0], -1]),
  activation: ({ function: curve }, x) => activations[curve](x),
  keras: () => {
    throw new TypeError('a layer of TensorFlow.js itself');
  },
  'layer-norm': (_, x, tensor) => normalised(x, [x.rank - 1], tensor),
  'group-norm': ({ groups }, x, tensor) => {
    const { shape } = image(x);
    const [count, height, width, channels] = shape;
    const apart = tf.reshape(x, [count, height * width, groups, channels / groups]);
    return scaled(tf.reshape(standard(apart, [1, 3]), shape), tensor);
  },
  // As while training: over the batch.
  'batch-norm': (_, x, tensor) => {
    // No gradient is taken by running statistics.
    const running = tf.mul(0, tf.add(tensor('mean'), tensor('variance')));
    return tf.add(normalised(x, range(x.rank - 1), tensor), running);
  },
  dropout: (_, x) => x,
  positional: (_, x, tensor) => tf.add(x, tensor('table')),
  attention: ({ heads }, x, tensor) => {
    const [count, length = 1, width = 1] = x.shape;
    const rows = tf.reshape<tf.Rank.R2>(x, [-1, width]);
    const mixed = tf.add(tf.matMul(rows, tensor('kernel')), tensor('bias'));
    const [q, k, v] = tf
      .split(mixed, 3, 1)
      .map((part) => tf.transpose(tf.reshape(part, [count, length, heads, width / heads]), [0, 2, 1, 3]));
    const scores = tf.div(tf.matMul(q, k, false, true), Math.sqrt(width / heads));
    const after = Float32Array.from({ length: length ** 2 }, (_, i) =>
      i % length > Math.floor(i / length) ? -1e9 : 0,
    );
    const shares = tf.softmax(tf.add(scores, tf.tensor(after, [length, length])));
    const together = tf.reshape<tf.Rank.R2>(tf.transpose(tf.matMul(shares, v), [0, 2, 1, 3]), [-1, width]);
    const y = tf.add(tf.matMul(together, tensor('output-kernel')), tensor('output-bias'));
    return tf.reshape(y, [count, length, width]);
  },
  residual: () => {
    throw new TypeError('see `run`');
  },
  embedding: ({ vocabulary, width }, x, tensor) => {
    const rows = tf.oneHot(tf.cast(tf.reshape(x, [-1]), 'int32'), vocabulary);
    return tf.reshape(tf.matMul(tf.cast(rows, 'float32'), tensor('table')), [x.shape[0], -1, width]);
  },
  lstm: ({ units, returns }, x, tensor) => {
    const [count, length = 1] = x.shape;
    let h: tf.Tensor = tf.zeros([count, units]);
    let c: tf.Tensor = h;
    const outputs: tf.Tensor[] = [];
    for (let t = 0; t < length; t++) {
      const step = tf.reshape(tf.slice(x, [0, t, 0], [-1, 1, -1]), [count, -1]);
      const z = tf.add(
        tf.add(tf.matMul(step, tensor('kernel')), tf.matMul(h, tensor('recurrent'))),
        tensor('bias'),
      );
      const [i, f, g, o] = tf.split(z, 4, 1);
      c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
      h = tf.mul(tf.sigmoid(o), tf.tanh(c));
      outputs.push(h);
    }
    return returns === 'last' ? h : tf.stack(outputs, 1);
  },
};

const apply = <Kind extends Layer['kind']>(layer: LayerOf<Kind>, input: tf.Tensor, tensor: Tensors) =>
  forwards[layer.kind](layer, input, tensor);

/** Layers one after another. */
const run = (layers: readonly PlacedLayer[], x: tf.Tensor, tensor: Tensors): tf.Tensor =>
  layers.reduce<tf.Tensor>(
    (input, { layer, name, branches }) =>
      branches === undefined
        ? apply(layer, input, (part) => tensor(`${name}/${part}`))
        : tf.add(run(branches.inside, input, tensor), run(branches.around, input, tensor)),
    x,
  );

/** The inputs of all examples as numbers, row-major. */
function inputsOf(examples: Examples): Float32Array {
  const { count, input } = examples;
  const { shape, type, scale, shift } = input;
  const length = shape.reduce((a, b) => a * b, 1);
  const bytes = length * (type === 'uint8' ? 1 : 4);
  const stored = new Uint8Array(count * bytes);
  for (let i = 0; i < count; i++) examples.copyInput(i, stored, i * bytes);
  const numbers = type === 'uint8' ? stored : new Float32Array(stored.buffer);
  return Float32Array.from(numbers, (x) => x * scale + shift);
}

/** What is to be foretold: the examples' labels, or each token's next one and then the label. */
const labelsOf = (examples: Examples, ofTokens: boolean): number[] =>
  Array.from({ length: examples.count }, (_, i) => {
    if (!ofTokens) return [examples.label(i)];
    const tokens = new Uint8Array(examples.input.shape[0]);
    examples.copyInput(i, tokens, 0);
    return [...tokens.slice(1), examples.label(i)];
  }).flat();

/** The mean loss over all examples, its gradient tensor by tensor, and the logits. */
export async function tensorflow(model: Model, weights: Float32Array, examples: Examples) {
  await tf.setBackend('cpu');
  const { tensors } = model.manifest;
  const parameters: tf.Tensor[] = tensors.map((tensor) =>
    tf.tensor(view(weights, tensor), [...tensor.shape]),
  );
  const x = tf.tensor(inputsOf(examples), [examples.count, ...model.spec.input]);
  const logitsOf = (...values: tf.Tensor[]) =>
    run(model.layers, x, (name) => values[tensors.findIndex((own) => own.name === name)]);
  const logits = logitsOf(...parameters);
  const labels = labelsOf(examples, logits.rank === 3);
  const classes = logits.shape[logits.rank - 1];
  const oneHot = tf.oneHot(labels, classes);
  const lossOf = (...values: tf.Tensor[]): tf.Scalar =>
    tf.mean<tf.Scalar>(tf.losses.softmaxCrossEntropy(oneHot, tf.reshape(logitsOf(...values), [-1, classes])));
  const { value, grads } = tf.valueAndGrads(lossOf)(parameters);
  return {
    loss: value.dataSync()[0],
    gradient: grads.map((grad) => grad.dataSync()),
    logits: logits.dataSync(),
  };
}
