/** All weights of one layer as one vector: what travels where a network is sent layer by layer. */
import { view, type Model, type Tensor } from '../learning/index.js';
import type { Network } from './permute.js';
import { unitGroups } from './unit-axes.js';

/** The layer's tensors one after another, in the manifest's order; a copy. */
export function layerValues({ model, weights }: Network, layer: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(tensorsOf(model, layer).flatMap((tensor) => Array.from(view(weights, tensor))));
}

/** How many weights the layer has. */
export const layerLength = (model: Model, layer: number): number =>
  tensorsOf(model, layer).reduce((total, { size }) => total + size, 0);

/**
 * Makes `values` the weights of a layer, in place.
 * @throws RangeError where there are more or fewer than the layer has
 */
export function writeLayerValues({ model, weights }: Network, layer: number, values: Float32Array): void {
  const tensors = tensorsOf(model, layer);
  const size = layerLength(model, layer);
  if (size !== values.length) {
    throw new RangeError(`layer ${layer + 1} has ${size} weights, it was given ${values.length}`);
  }
  let first = 0;
  for (const tensor of tensors) {
    view(weights, tensor).set(values.subarray(first, first + tensor.size));
    first += tensor.size;
  }
}

function tensorsOf(model: Model, layer: number): Tensor[] {
  const { own, inner } = unitGroups(model)[layer];
  const names = new Set([...own, ...inner].map(({ tensor }) => tensor.name));
  return model.manifest.tensors.filter(({ name }) => names.has(name));
}
