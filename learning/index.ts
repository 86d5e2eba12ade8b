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
