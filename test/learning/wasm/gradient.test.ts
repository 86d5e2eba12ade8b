import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import { expect } from 'chai';
import { wasmEngine } from '../../../learning/index.js';
import { view, type Model } from '../../../learning/index.js';
import { perceptron, randomExamples, randomWeights } from './cases.js';
import { float32, float64, referenceBackward } from './reference.js';

const engine = wasmEngine();
const shapes = [
  [5, 3],
  [1, 2],
  [13, 11, 9, 3],
  [16, 8, 24, 8, 10],
  [30, 17, 26],
];

describe('gradients in WebAssembly', () => {
  for (const widths of shapes) {
    const model = perceptron(...widths);
    const weights = randomWeights(model, 2);
    const classes = widths[widths.length - 1];

    it(`of a ${widths.join('-')} perceptron equal finite differences of the loss`, () => {
      const examples = randomExamples(9, widths[0], classes, 4);
      const all = Array.from({ length: examples.count }, (_, i) => i);
      const loss = (values: ArrayLike<number>) =>
        referenceBackward(model, values, { examples }, all, float64).losses.reduce((a, b) => a + b) /
        all.length;
      const result = engine.gradient(model, weights, examples);
      expect(result.loss).to.be.closeTo(loss(weights), 1e-6);
      for (let i = 0; i < weights.length; i += widths.length > 3 ? 7 : 1) {
        const [above, below] = [1e-6, -1e-6].map((step) => {
          const moved = Float64Array.from(weights);
          moved[i] += step;
          return loss(moved);
        });
        expect(result.gradient[i]).to.be.closeTo((above - below) / 2e-6, 1e-5);
      }
    });

    it(`of a ${widths.join('-')} perceptron on 150 examples equal a single pass in every bit`, () => {
      const examples = randomExamples(150, widths[0], classes, 5);
      const all = Array.from({ length: examples.count }, (_, i) => i);
      const result = engine.gradient(model, weights, examples);
      const reference = referenceBackward(model, weights, { examples }, all, float32);
      expect(result.gradient).to.deep.equal(Float32Array.from(reference.gradient));
      expect(result.loss).to.equal(reference.losses.reduce((a, b) => a + b, 0) / 150);
    });
  }

  it("equal TensorFlow.js's", async () => {
    await tf.setBackend('cpu');
    const model = perceptron(20, 30, 12, 7);
    const weights = randomWeights(model, 3);
    const examples = randomExamples(40, 20, 7, 6);
    const { gradient, loss } = engine.gradient(model, weights, examples);
    const inputs = new Float32Array(40 * 20);
    for (let i = 0; i < 40; i++) examples.copyInput(i, new Uint8Array(inputs.buffer), 80 * i);
    const x = tf.mul(tf.tensor2d(inputs, [40, 20]), examples.input.scale);
    const labels = tf.oneHot(
      Array.from({ length: 40 }, (_, i) => examples.label(i)),
      7,
    );
    const lossOf = (...tensors: tf.Tensor[]): tf.Scalar => {
      const logits = model.spec.layers.reduce<tf.Tensor>((input, layer, l) => {
        const z = tf.add(tf.matMul(input, tensors[2 * l]), tensors[2 * l + 1]);
        return 'activation' in layer && layer.activation === 'relu' ? tf.relu(z) : z;
      }, x);
      return tf.mean<tf.Scalar>(tf.losses.softmaxCrossEntropy(labels, logits));
    };
    const parameters = tensorsOf(model, weights);
    const { value, grads } = tf.valueAndGrads(lossOf)(parameters);
    expect(loss).to.be.closeTo(value.dataSync()[0], 1e-6);
    grads.forEach((grad, t) => {
      const ours = view(gradient, model.manifest.tensors[t]);
      grad.dataSync().forEach((g, i) => expect(ours[i]).to.be.closeTo(g, 1e-6));
    });
  });
});

const tensorsOf = (model: Model, weights: Float32Array): tf.Tensor[] =>
  model.manifest.tensors.map((tensor) => tf.tensor(view(weights, tensor), [...tensor.shape]));
