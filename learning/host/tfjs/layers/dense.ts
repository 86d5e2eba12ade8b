/** Fully connected layers. */
import type { DenseLayer } from '../../../layers/dense.js';
import { activations } from './activation.js';
import { apply, type Builder } from './kind.js';

export const buildDense: Builder<DenseLayer> = (tensorFlow, { layer, input: shape }, input) => {
  const { layers } = tensorFlow.layers;
  const isWide = shape.kind === 'array' && shape.extents.length > 1;
  const flat = isWide ? apply(layers.flatten(), input).output : input;
  const { units, activation } = layer;
  return apply(layers.dense({ units, activation: activations[activation] }), flat);
};
