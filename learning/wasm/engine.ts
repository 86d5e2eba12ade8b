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
  return {
    kind: 'wasm',
    get kernelHash() {
      return kernelHash();
    },
    train: (request) => train(memory, request, sparse),
    gradient: (model, weights, examples) => gradient(memory, model, weights, examples, sparse),
    evaluate: (model, weights, examples, from, to) =>
      evaluate(memory, model, weights, examples, sparse, from, to),
    predict: (model, weights, examples) => predict(memory, model, weights, examples, sparse),
  };
}
