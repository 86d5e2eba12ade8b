/** Whether native kernels give the bits of WebAssembly's: products at every load, whole trainings after a build. */
import { drawInteger, range, stream } from '../../../numerics/index.js';
import type { Examples, TrainRequest } from '../../engine.js';
import { buildModel, initialWeights } from '../../model.js';
import { wasmEngine } from '../../wasm/engine.js';
import { references, typesOf } from '../../wasm/kernel-hash.js';
import { emitProduct, type Product } from '../../wasm/kernels/product.js';
import { Memory } from '../../wasm/memory.js';
import { PANEL_ROW } from '../../wasm/panels.js';
import type { NativeLibrary } from '../../wasm/native-library.js';

/** Where the products' factors and results lie, in a memory of random numbers. */
const at = { left: 0, right: 16384, result: 32768, end: 65536 };

/** Shapes whose blocks and rests differ, with every beginning and every end that sums have. */
const products: readonly Product[] = [
  [1, 9, 8],
  [7, 16, 24],
  [23, 5, 40],
].flatMap(([rows, depth, columns]) => {
  const shape = {
    ...{ rows, depth, columns },
    left: { row: 4 * depth, column: 4 },
    right: { row: PANEL_ROW, panel: PANEL_ROW * (depth + 1) },
    result: { row: 4 * columns, panel: PANEL_ROW },
  };
  return [
    { ...shape, start: 'zero', positive: at.left - at.result },
    { ...shape, start: 'bias', relu: true },
    { ...shape, start: 'result', left: { row: 4, column: 4 * rows } },
  ];
});

/** The first product whose bits differ, if any. */
export function differingProduct(library: NativeLibrary): string | undefined {
  const draw = stream(1, 'native products');
  const numbers = Float32Array.from({ length: at.end / 4 }, () => 2 * draw() - 1);
  const found = products.find((product) => {
    const [ours, theirs] = [undefined, library].map((own) => {
      const memory = new Memory(own);
      memory.reserve(at.end);
      memory.views.floats.set(numbers);
      memory.kernels('product', () => [emitProduct(product)])[0](at.left, at.right, at.result);
      return memory.views.bytes;
    });
    return Buffer.compare(ours, theirs) !== 0;
  });
  return found && `in a product of ${found.rows} × ${found.depth} × ${found.columns}`;
}

const plain = { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;
const adam = { beta1: 0.9, beta2: 0.99, epsilon: 1e-6 };
const vector = (length: number) => Float32Array.from({ length }, (_, i) => (i % 7) / 100);

/** Steps that together have everything that an update may have. */
const kinds = (length: number): readonly Partial<TrainRequest>[] => [
  { optimizer: plain },
  { optimizer: { ...plain, momentum: 0.9 }, clip: 0.1 },
  {
    optimizer: { ...plain, momentum: 0.9, nesterov: true, weightDecay: 0.01 },
    proximal: { mu: 0.1, anchor: vector(length) },
    linear: vector(length),
  },
  { optimizer: { kind: 'adam', ...adam, weightDecay: 0 } },
  { optimizer: { kind: 'adamw', ...adam, weightDecay: 0.01 } },
];

/** The first of the reference models whose trained weights differ, if any. */
export function differingModel(library: NativeLibrary): string | undefined {
  for (const { input, layers } of references) {
    const model = buildModel({ input, layers });
    const weights = initialWeights(model, 1);
    for (const type of typesOf(model)) {
      for (const [batchSize, density] of [
        [7, 1],
        [33, 0.2],
      ]) {
        const examples = randomExamples(input, type, density);
        for (const kind of kinds(weights.length)) {
          const request: TrainRequest = {
            ...{ model, weights, examples, batchSize, optimizer: plain, ...kind },
            amount: { steps: 2 },
            order: () => range(examples.count),
            rate: () => 0.1,
            chance: (step) => [1, step],
          };
          const [ours, theirs] = [undefined, library].map(
            (native) => wasmEngine({ native }).train(request).weights,
          );
          if (Buffer.compare(bytesOf(ours), bytesOf(theirs)) === 0) continue;
          const kindsOf = layers.map((layer) => layer.kind).join(', ');
          return `in a model of ${kindsOf} with batches of ${batchSize} and ${request.optimizer.kind}`;
        }
      }
    }
  }
  return undefined;
}

const bytesOf = ({ buffer }: Float32Array<ArrayBuffer>) => new Uint8Array(buffer);

/** Forty examples, of which so many numbers are not zero. */
function randomExamples(shape: readonly number[], type: 'uint8' | 'float32', density: number): Examples {
  const draw = stream(1, 'native examples', type, density);
  const count = 40;
  const inputs = shape.reduce((a, b) => a * b, 1);
  // Bytes may be tokens too, of which the reference models know seven.
  const numbers = Array.from({ length: count * inputs }, () =>
    draw() < density ? (type === 'uint8' ? drawInteger(draw, 7) : draw() - 0.5) : 0,
  );
  const stored = type === 'uint8' ? Uint8Array.from(numbers) : Float32Array.from(numbers);
  const bytes = new Uint8Array(stored.buffer);
  const each = bytes.length / count;
  return {
    count,
    input: { shape, type, scale: 1, shift: 0 },
    copyInput: (index, into, to) => {
      into.set(bytes.subarray(index * each, (index + 1) * each), to);
    },
    label: (index) => index % 3,
  };
}
