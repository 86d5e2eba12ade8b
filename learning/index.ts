export { layOut, view, type Manifest, type Role, type Tensor, type Weights } from './manifest.js';
export { layerSchema, type Layer, type LayerOf } from './layers/index.js';
export { buildModel, initialWeights, type Model, type ModelSpec, type PlacedLayer } from './model.js';
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
