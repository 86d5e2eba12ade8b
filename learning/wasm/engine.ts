/**
 * The default engine: networks of layers in WebAssembly, with the same bits on every machine.
 *
 * Its arithmetic, which another engine would have to follow for the same bits; all in float32, each operation
 * rounded by itself, all sums ascending and from +0 on:
 *   input = stored · scale + shift;  output = bias + Σ input · weight;  ReLU keeps what is not below 0;
 *   e = exp(logit − largest);  delta = (e / Σ e − one-hot) / batch size;  loss = log(Σ e) − (logit − largest);
 *   other losses as in kernels/: label smoothing, squared error, distillation;
 *   gradient = Σ over the batch's examples of input · delta;  delta below = Σ over units of delta · weight;
 *   the step as in kernels/update.ts, exp and log as in numerics/wasm-math.ts.
 *   convolution: as dense, terms in the order row, column, channel; its gradient over examples, then windows; the
 *   derivatives by its image over windows, then filters; recurrence and attention: sums over steps and positions ascend;
 *   norms: over positions, then over channels; curves as in numerics/wasm-math.ts.
 * Sums of losses and the norm that clips are float64. No result depends on how examples are divided into passes.
 */
import type { Engine } from '../engine.js';
import { evaluate, gradient, predict } from './evaluate.js';
import { fisher } from './fisher.js';
import { kernelHash } from './kernel-hash.js';
import { Memory } from './memory.js';
import { chosenKernels, nativeLibrary, type KernelsChoice } from './native/library.js';
import { train } from './train.js';

export interface WasmEngineOptions {
  /** Whether inputs that are mostly zero are treated as such; no bit depends on it. For tests and measurements. */
  readonly sparse?: boolean;
  /** Native kernels give the bits of those of WebAssembly, faster. Left out, the environment says which. */
  readonly kernels?: KernelsChoice;
}

/**
 * An engine with a memory of its own, which grows as models need it: one for each thread.
 * @throws Error where native kernels are asked for that have not been built, or differ from WebAssembly's
 */
export function wasmEngine({ sparse = true, kernels = chosenKernels() }: WasmEngineOptions = {}): Engine {
  const memory = new Memory(kernels === 'native' ? nativeLibrary() : undefined);
  return {
    kind: 'wasm',
    kernels,
    get kernelHash() {
      return kernelHash();
    },
    train: (request) => train(memory, request, sparse),
    recycle: (buffer) => {
      memory.recycle(buffer);
    },
    gradient: (model, weights, examples, chance) =>
      gradient(memory, model, weights, examples, chance, sparse),
    evaluate: (model, weights, examples, from, to) =>
      evaluate(memory, model, weights, examples, sparse, from, to),
    fisher: (model, weights, examples, over) => fisher(memory, model, weights, examples, over, sparse),
    predict: (model, weights, examples) => predict(memory, model, weights, examples, sparse),
  };
}
