/** A few steps of each named model, small, as hashes of their weights: to be the same wherever they are taken. */
import { buildModel, initialWeights } from '../../learning/model.js';
import { models } from '../../learning/models.js';
import { wasmEngine } from '../../learning/wasm/engine.js';
import { drawInteger, permutation, sha256, stream } from '../../numerics/index.js';

interface Small {
  readonly kind: string;
  readonly input: readonly number[];
  readonly options?: object;
  /** Inputs are so many tokens. */
  readonly tokens?: number;
}

const named: readonly Small[] = [
  { kind: 'logistic', input: [9, 9, 1] },
  { kind: '2nn', input: [9, 9, 1] },
  { kind: 'mlp', input: [9, 9, 1], options: { hidden: [13, 7] } },
  { kind: 'cnn', input: [9, 9, 1] },
  { kind: 'lenet5', input: [14, 14, 1] },
  { kind: 'resnet8', input: [8, 8, 3] },
  { kind: 'resnet20', input: [8, 8, 3] },
  { kind: 'vgg9', input: [8, 8, 3] },
  { kind: 'char-lstm', input: [7], tokens: 11, options: { units: 9, embedding: 4 } },
  { kind: 'char-transformer', input: [7], tokens: 11, options: { width: 16, heads: 2, dropout: 0.1 } },
];

/** By model, and the hash of the engine's code as `kernels`. */
export function bitsOfModels(): Record<string, string> {
  const engine = wasmEngine();
  const bits = named.map(({ kind, input, options, tokens }) => {
    const classes = tokens ?? 10;
    const size = input.reduce((product, extent) => product * extent, 1);
    const draw = stream(1, 'examples');
    const stored = Uint8Array.from({ length: 8 * size }, () => drawInteger(draw, tokens ?? 256));
    const labels = Uint8Array.from({ length: 8 }, () => drawInteger(draw, classes));
    const model = buildModel(models.create({ kind, ...options }, { input, classes }));
    const { weights, loss } = engine.train({
      model,
      weights: initialWeights(model, 1),
      examples: {
        count: 8,
        input: { shape: input, type: 'uint8', scale: 1 / 255, shift: 0 },
        copyInput: (index, into, at) => {
          into.set(stored.subarray(index * size, (index + 1) * size), at);
        },
        label: (index) => labels[index],
      },
      order: (epoch) => permutation(stream(1, 'order', epoch), 8),
      batchSize: 3,
      amount: { steps: 4 },
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
      rate: () => 0.001,
      chance: (step) => [7, step],
    });
    return [kind, `${sha256(weights)}, loss ${loss}`] as const;
  });
  return { kernels: engine.kernelHash, ...Object.fromEntries(bits) };
}
