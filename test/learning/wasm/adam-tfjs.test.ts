/**
 * Adam against TensorFlow.js's. Both add ε to √v̂ as Kingma & Ba's algorithm 1 does; TensorFlow.js only takes another
 * default (its backend's, 1e-7, where the paper and we have 1e-8), so the test names ε.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import { expect } from 'chai';
import { wasmEngine } from '../../../learning/index.js';
import { perceptron, randomExamples, request } from './cases.js';

const [inputs, hidden, classes] = [9, 8, 3];
const model = perceptron(inputs, hidden, classes);
const examples = randomExamples(30, inputs, classes, 3);
const [rate, beta1, beta2, epsilon] = [0.02, 0.9, 0.99, 1e-6];

/** The weights after ten steps on all examples, each step on all of them. */
function tensorFlow(start: Float32Array): Float32Array {
  return tf.tidy(() => {
    const numbers = new Float32Array(30 * inputs);
    const bytes = new Uint8Array(numbers.buffer);
    for (let i = 0; i < 30; i++) examples.copyInput(i, bytes, 4 * inputs * i);
    const x = tf.mul(tf.tensor2d(numbers, [30, inputs]), examples.input.scale);
    const labels = Array.from({ length: 30 }, (_, i) => examples.label(i));
    const targets = tf.oneHot(tf.tensor1d(labels, 'int32'), classes);
    const [w1, b1, w2, b2] = model.manifest.tensors.map(({ offset, size, shape }) =>
      tf.variable(tf.tensor(start.slice(offset, offset + size), [...shape])),
    );
    const loss = (): tf.Scalar => {
      const below = tf.relu(tf.add(tf.matMul(x, w1), b1));
      const logits = tf.add(tf.matMul(below, w2), b2);
      return tf.reshape(tf.losses.softmaxCrossEntropy(targets, logits), []);
    };
    const adam = tf.train.adam(rate, beta1, beta2, epsilon);
    for (let step = 0; step < 10; step++) adam.minimize(loss);
    adam.dispose();
    return Float32Array.from([w1, b1, w2, b2].flatMap((variable) => [...variable.dataSync()]));
  });
}

describe('Adam', () => {
  it('goes the way of TensorFlow.js’s for ten steps', async () => {
    await tf.setBackend('cpu');
    const wanted = request(model, examples, {
      batchSize: 'all',
      amount: { steps: 10 },
      optimizer: { kind: 'adam', beta1, beta2, epsilon, weightDecay: 0 },
      rate: () => rate,
    });
    const { weights } = wasmEngine().train(wanted);
    const reference = tensorFlow(wanted.weights);
    weights.forEach((w, i) => expect(w).to.be.closeTo(reference[i], 1e-5));
    expect(Math.max(...weights.map((w, i) => Math.abs(w - wanted.weights[i])))).to.be.greaterThan(0.1);
  });
});
