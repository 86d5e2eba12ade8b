export { describeSkew, describeStart } from './describe.js';
export { estimateRun } from './estimate.js';
export { evaluateWeights } from './evaluate-weights.js';
export { DivergedError, UpdateFailedError } from './failures.js';
export {
  InterruptedError,
  simulate,
  version,
  type SimulateOptions,
  type SimulateResult,
} from './simulate.js';
