export { layOut, view, type Manifest, type Role, type Tensor, type Weights } from './manifest.js';
export {
  buildModel,
  initialWeights,
  type Activation,
  type DenseLayer,
  type Layer,
  type Model,
  type ModelSpec,
} from './model.js';
export { models, type ModelContext } from './models.js';
export { readWeights } from './read-weights.js';
export { decodeSafetensors, encodeSafetensors } from './safetensors.js';
export type {
  Cursor,
  Engine,
  Evaluation,
  Examples,
  InputFormat,
  SgdSettings,
  TrainRequest,
  TrainResult,
} from './engine.js';
export { learningRate, optimizerSchema, type Optimizer, type Schedule, type Time } from './optimizer.js';
export { wasmEngine, type WasmEngineOptions } from './wasm/engine.js';
