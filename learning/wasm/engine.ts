/**
 * The default engine: multi-layer perceptrons of dense layers in WebAssembly, with the same bits on every machine.
 * Every sum runs in one fixed order in float32, which does not depend on batches, blocks or vector widths.
 */
import type { Engine } from '../engine.js';
import { evaluate, gradient, predict } from './evaluate.js';
import { kernelHash } from './kernel-hash.js';
import { Memory } from './memory.js';
import { train } from './train.js';

export interface WasmEngineOptions {
  /** Whether inputs that are mostly zero are treated as such; no bit depends on it. For tests and measurements. */
  readonly sparse?: boolean;
}

/** An engine with a memory of its own, which grows as models need it: one for each thread. */
export function wasmEngine({ sparse = true }: WasmEngineOptions = {}): Engine {
  const memory = new Memory();
  void sparse;
  return {
    kind: 'wasm',
    get kernelHash() {
      return kernelHash();
    },
    train: (request) => train(memory, request),
    gradient: (...request) => gradient(memory, ...request),
    evaluate: (...request) => evaluate(memory, ...request),
    predict: (...request) => predict(memory, ...request),
  };
}
