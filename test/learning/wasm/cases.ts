/** Small models and examples for tests of the engine, drawn from named streams. */
import type { Examples, TrainRequest } from '../../../learning/engine.js';
import { buildModel, initialWeights, type Model } from '../../../learning/model.js';
import { drawInteger, permutation, stream } from '../../../numerics/index.js';

/** A perceptron with these widths: inputs, hidden units (ReLU), classes. */
export function perceptron(...widths: number[]): Model {
  const last = widths.length - 1;
  return buildModel({
    input: [widths[0]],
    layers: widths.slice(1).map((units, l) => ({
      kind: 'dense',
      units,
      activation: l + 1 === last ? 'none' : 'relu',
    })),
  });
}

/** Glorot's weights, with biases that are not zero. */
export function randomWeights(model: Model, seed: number): Float32Array<ArrayBuffer> {
  const draw = stream(seed, 'weights');
  return initialWeights(model, seed).map((w) => (w === 0 ? draw() - 0.5 : w));
}

export const randomVector = (length: number, seed: number, size = 1): Float32Array<ArrayBuffer> => {
  const draw = stream(seed, 'vector');
  return Float32Array.from({ length }, () => size * (2 * draw() - 1));
};

interface Kind {
  readonly type?: 'uint8' | 'float32';
  /** The share of inputs that are not zero. */
  readonly density?: number;
  readonly shift?: number;
  /** Inputs are so many tokens instead. */
  readonly tokens?: number;
}

export function randomExamples(
  count: number,
  inputs: number,
  classes: number,
  seed: number,
  { type = 'float32', density = 1, shift = 0, tokens }: Kind = {},
): Examples {
  if (tokens !== undefined) return randomTokens(count, inputs, tokens, seed);
  const draw = stream(seed, 'examples');
  const numbers = Array.from({ length: count * inputs }, () =>
    draw() < density ? (type === 'uint8' ? 1 + drawInteger(draw, 255) : 2 * draw() - 1) : 0,
  );
  const labels = Array.from({ length: count }, () => drawInteger(draw, classes));
  const stored =
    type === 'uint8' ? Uint8Array.from(numbers) : new Uint8Array(Float32Array.from(numbers).buffer);
  const bytes = stored.length / count;
  return {
    count,
    input: { shape: [inputs], type, scale: type === 'uint8' ? 1 / 255 : 1.5, shift },
    copyInput: (index, into, at) => {
      into.set(stored.subarray(index * bytes, (index + 1) * bytes), at);
    },
    label: (index) => labels[index],
  };
}

/** A request with plain SGD, unless `changes` say otherwise. */
export function request(model: Model, examples: Examples, changes: Partial<TrainRequest> = {}): TrainRequest {
  return {
    model,
    weights: randomWeights(model, 1),
    examples,
    order: (epoch) => permutation(stream(5, 'order', epoch), examples.count),
    batchSize: 10,
    amount: { epochs: 1 },
    optimizer: { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
    rate: (step) => 0.1 / (1 + step),
    ...changes,
  };
}

/** Sequences of tokens, each labelled with one of them. */
function randomTokens(count: number, length: number, vocabulary: number, seed: number): Examples {
  const draw = stream(seed, 'tokens');
  const stored = Uint8Array.from({ length: count * length }, () => drawInteger(draw, vocabulary));
  const labels = Array.from({ length: count }, () => drawInteger(draw, vocabulary));
  return {
    count,
    input: { shape: [length], type: 'uint8', scale: 1, shift: 0 },
    copyInput: (index, into, at) => {
      into.set(stored.subarray(index * length, (index + 1) * length), at);
    },
    label: (index) => labels[index],
  };
}
