/** Creates the engine that a recipe names, with native kernels or TensorFlow.js if they are wanted. */
import type { Engine } from '../engine.js';
import type { EngineChoice } from '../engines.js';
import type { Model } from '../model.js';
import type { Objective } from '../objective.js';
import { wasmEngine } from '../wasm/engine.js';
import { nativeKernels, type KernelsChoice } from './native/library.js';

/** Plain data, so that threads can be handed their options. */
export interface EngineOptions {
  /** The training objective; default cross-entropy. */
  readonly objective?: Objective;
  /** Whether inputs that are mostly zero are skipped; no bit depends on it. For tests and measurements. */
  readonly sparse?: boolean;
  /** Native kernels give the same bits as WebAssembly, faster. Default: MURMUR_KERNELS. */
  readonly kernels?: KernelsChoice;
}

/** @throws Error if native kernels or TensorFlow.js are wanted but missing, or do not work on this machine */
export async function loadEngine(
  choice: EngineChoice,
  { kernels, ...options }: EngineOptions = {},
): Promise<Engine> {
  if (choice === 'wasm' || choice.kind === 'wasm') {
    return wasmEngine({ ...options, native: nativeKernels(kernels) });
  }
  const { tfjsEngine } = await import('./tfjs/engine.js');
  return tfjsEngine(choice.backend, options.objective);
}

/** @throws Error as `loadEngine`, and if the engine cannot train the model: before anything is written */
export async function engineFor(
  choice: EngineChoice,
  model: Model,
  options?: EngineOptions,
): Promise<Engine> {
  const engine = await loadEngine(choice, options);
  engine.prepare?.(model);
  return engine;
}
