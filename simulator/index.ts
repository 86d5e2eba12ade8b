export { describeSkew, describeStart, estimateRun } from './describe.js';
export { evaluateWeights } from './evaluate-weights.js';
export { DivergedError } from './federated-host.js';
export {
  InterruptedError,
  simulate,
  version,
  type SimulateOptions,
  type SimulateResult,
} from './simulate.js';
