/** Activations, as layers' last acts and as layers of their own; and flattening. */
import type { Activation, ActivationLayer } from '../../../layers/activation.js';
import type { FlattenLayer } from '../../../layers/flatten.js';
import { apply, type Builder } from './kind.js';

/** TensorFlow.js's names; its gelu_new is the one with the hyperbolic tangent. */
export const activations = {
  none: 'linear',
  relu: 'relu',
  tanh: 'tanh',
  sigmoid: 'sigmoid',
  gelu: 'gelu_new',
} as const satisfies Record<Activation, string>;

export const buildActivation: Builder<ActivationLayer> = (
  tensorFlow,
  { layer: { function: curve } },
  input,
) => apply(tensorFlow.layers.layers.activation({ activation: activations[curve] }), input);

/** TensorFlow.js's refuses what is flat already. */
export const buildFlatten: Builder<FlattenLayer> = (tensorFlow, _, input) =>
  input.shape.length <= 2
    ? { output: input, variables: [] }
    : apply(tensorFlow.layers.layers.flatten(), input);
