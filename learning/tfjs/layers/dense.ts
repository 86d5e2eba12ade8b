/** Fully connected layers, and the activations that any layer may end with. */
import type { Activation } from '../../layers/activation.js';
import type { DenseLayer } from '../../layers/dense.js';
import { apply, type Builder } from './kind.js';

/** TensorFlow.js's names; its gelu_new is the one with the hyperbolic tangent. */
export const activations = {
  none: 'linear',
  relu: 'relu',
  tanh: 'tanh',
  sigmoid: 'sigmoid',
  gelu: 'gelu_new',
} as const satisfies Record<Activation, string>;

export const buildDense: Builder<DenseLayer> = (tensorFlow, { layer, input: shape }, input) => {
  const { layers } = tensorFlow.layers;
  const isWide = shape.kind === 'array' && shape.extents.length > 1;
  const flat = isWide ? apply(layers.flatten(), input).output : input;
  const { units, activation } = layer;
  return apply(layers.dense({ units, activation: activations[activation] }), flat);
};
