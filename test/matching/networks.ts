/** Dense networks for the tests of matching: made at random, permuted at random, and run in float64. */
import { buildModel, initialWeights, view, type Model } from '../../learning/index.js';
import type { Network } from '../../matching/permute.js';
import { applyPermutations } from '../../matching/permute.js';
import { hiddenGroups } from '../../matching/unit-axes.js';
import { permutation, stream } from '../../numerics/index.js';

/** A ReLU perceptron; its biases are drawn too, so that nothing is zero by chance. */
export function perceptron(inputs: number, widths: readonly number[], seed: number): Network {
  const model = buildModel({
    input: [inputs],
    layers: widths.map((units, index) => ({
      kind: 'dense',
      units,
      activation: index === widths.length - 1 ? 'none' : 'relu',
    })),
  });
  const weights = initialWeights(model, seed);
  const draw = stream(seed, 'biases');
  for (const tensor of model.manifest.tensors) {
    if (tensor.role === 'bias') view(weights, tensor).forEach((_, i, bias) => (bias[i] = draw() - 0.5));
  }
  return { model, weights };
}

/** A permutation for each hidden layer. */
export function randomPermutations(model: Model, seed: number): Uint32Array[] {
  const hidden = hiddenGroups(model);
  return hidden.map(({ units }, layer) => permutation(stream(seed, 'permutation', layer), units));
}

export function permuted({ model, weights }: Network, seed: number): Network {
  return { model, weights: applyPermutations(model, weights, randomPermutations(model, seed)) };
}

/** Inputs to compare networks on. */
export function probes(inputs: number, count = 20): Float64Array[] {
  const draw = stream(0, 'probes');
  return Array.from({ length: count }, () => Float64Array.from({ length: inputs }, () => 2 * draw() - 1));
}

/** The logits of one input, in float64. */
export function forward({ model, weights }: Network, input: Float64Array): Float64Array {
  return model.spec.layers.reduce((x, spec, layer) => {
    if (spec.kind !== 'dense') throw new Error(`no ${spec.kind} here`);
    const { units, activation } = spec;
    const kernel = view(weights, model.manifest.tensors[2 * layer]);
    const bias = view(weights, model.manifest.tensors[2 * layer + 1]);
    return Float64Array.from({ length: units }, (_, unit) => {
      const sum = x.reduce((total, value, i) => total + value * kernel[i * units + unit], bias[unit]);
      return activation === 'relu' ? Math.max(sum, 0) : sum;
    });
  }, input);
}

/** The largest difference of two networks' logits over the probes. */
export function distance(a: Network, b: Network): number {
  const inputs = a.model.spec.input.reduce((product, extent) => product * extent, 1);
  return Math.max(
    ...probes(inputs).map((probe) => {
      const other = forward(b, probe);
      return Math.max(...forward(a, probe).map((logit, i) => Math.abs(logit - other[i])));
    }),
  );
}
