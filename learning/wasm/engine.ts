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
import { crossEntropy, type Objective } from '../objective.js';
import { evaluate, gradient, predict } from './evaluate.js';
import { fisher } from './fisher.js';
import { kernelHash } from './kernel-hash.js';
import { Memory } from './memory.js';
import type { NativeLibrary } from './native-library.js';
import { train } from './train.js';

export interface WasmEngineOptions {
  /** The training objective; default cross-entropy. */
  readonly objective?: Objective;
  /** Whether inputs that are mostly zero are skipped; no bit depends on it. For tests and measurements. */
  readonly sparse?: boolean;
  /** Native kernels, which replace kernels in WebAssembly and give the same bits, faster. */
  readonly native?: NativeLibrary | undefined;
}

/** An engine with private memory, which grows as models need it: one for each thread. */
export function wasmEngine({
  objective = crossEntropy,
  sparse = true,
  native,
}: WasmEngineOptions = {}): Engine {
  const memory = new Memory(native);
  const context = { memory, objective, sparse };
  return {
    kind: 'wasm',
    kernels: native === undefined ? 'wasm' : 'native',
    get kernelHash() {
      return kernelHash();
    },
    train: (request) => train(context, request),
    recycle: (buffer) => {
      memory.recycle(buffer);
    },
    gradient: (...request) => gradient(context, ...request),
    evaluate: (...request) => evaluate(context, ...request),
    fisher: (...request) => fisher(context, ...request),
    predict: (...request) => predict(context, ...request),
  };
}
