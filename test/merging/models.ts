/** Models to merge: a small manifest with every case of tensor, and random weights for it. */
import { layOut, view, type Manifest } from '../../learning/index.js';
import type { Contribution, MergeContext } from '../../merging/index.js';
import { distributions, stream, type StreamName } from '../../numerics/index.js';

/** One tensor larger than a block and not a multiple of anything, biases, a norm and a tensor of one number. */
export const mixed = layOut([
  { name: 'dense1/kernel', shape: [131, 127], role: 'weight' },
  { name: 'dense1/bias', shape: [127], role: 'bias' },
  { name: 'norm/scale', shape: [7], role: 'norm.scale' },
  { name: 'norm/mean', shape: [7], role: 'norm.mean' },
  { name: 'dense2/kernel', shape: [7, 3], role: 'weight' },
  { name: 'temperature', shape: [1], role: 'weight' },
]);

/** A manifest of a single weight tensor. */
export const vector = (size: number): Manifest => layOut([{ name: 'w', shape: [size], role: 'weight' }]);

export const contextOf = (manifest: Manifest, initialVariance = 0.01): MergeContext => ({
  manifest,
  initialVariance: manifest.tensors.map(() => initialVariance),
});

export function normalWeights(
  length: number,
  deviation: number,
  name: StreamName,
): Float32Array<ArrayBuffer> {
  const draw = distributions.normal(stream(7, ...name), 0, deviation);
  return Float32Array.from({ length }, draw);
}

/** Random weights whose biases are zero, as at initialisation. */
export function randomModel(manifest: Manifest, index: number): Contribution & { age: number } {
  const weights = normalWeights(manifest.length, 0.1, ['model', index]);
  for (const tensor of manifest.tensors) if (tensor.role === 'bias') view(weights, tensor).fill(0);
  return { weights, samples: 10 + 7 * index, age: 3 * index };
}

export const randomModels = (manifest: Manifest, count: number, first = 0) =>
  Array.from({ length: count }, (_, i) => randomModel(manifest, first + i));

/** Weights on their way, as bits: tells −0 from 0. */
export const bits = (values: Float32Array) => Buffer.from(values.slice().buffer).toString('hex');
