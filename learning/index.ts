export { layOut, view, type Manifest, type Role, type Tensor, type Weights } from './manifest.js';
export { layerSchema, type InnerLayer, type Layer, type LayerOf } from './layers/index.js';
export {
  clearStatistics,
  hasStatistics,
  isStatistic,
  parameterRanges,
  putStatistics,
  rangesOf,
  STATISTICS,
  statisticsLength,
  takeStatistics,
  type Range,
} from './statistics.js';
export { normOfSingleValues } from './batch-of-one.js';
export {
  buildModel,
  classesOf,
  initialWeights,
  positionsOf,
  type Model,
  type ModelSpec,
  type PlacedLayer,
} from './model.js';
export { stepsOf } from './batches.js';
export { changedExamples } from './changed.js';
export type { ModelContext } from './model-context.js';
export { models } from './models.js';
export { losses } from './losses.js';
export {
  checkObjective,
  crossEntropy,
  type CrossEntropy,
  type Distillation,
  type Loss,
  type Objective,
  type SquaredError,
  type Teacher,
} from './objective.js';
export type { ReadFile } from './read-file.js';
export { readWeights } from './read-weights.js';
export { decodeSafetensors, encodeSafetensors } from './safetensors.js';
export {
  momentNames,
  type AdamSettings,
  type Amount,
  type Transform,
  type Cursor,
  type Engine,
  type Evaluation,
  type Examples,
  type FisherOver,
  type GradientResult,
  type InputFormat,
  type OptimizerSettings,
  type OptimizerState,
  type SgdSettings,
  type TrainRequest,
  type TrainResult,
} from './engine.js';
export {
  learningRate,
  optimizerSchema,
  sgdSchema,
  type Optimizer,
  type Schedule,
  type SgdOptimizer,
  type Time,
} from './optimizer.js';
export { inputGrams, linearLayers, type LayerGram } from './sums/grams.js';
export { unitStatistics, type UnitStatistics } from './sums/unit-statistics.js';
export { takeStep, type TakenStep } from './take-step.js';
export { admitsOtherEngines, engineBytes, engineSchema, refuseModel, type EngineChoice } from './engines.js';
export { wasmEngine, type WasmEngineOptions } from './wasm/engine.js';
export type { NativeLibrary } from './wasm/native-library.js';
