export { describeSkew, describeStart } from './describe.js';
export { estimateRun, expectedMemory, expectRun, type Expectation } from './estimate.js';
export { evaluateWeights } from './evaluate-weights.js';
export { history, scenario, type HistoryOptions, type Scenario } from './faults/history.js';
export { InterruptedError, simulate, type SimulateOptions, type SimulateResult } from './simulate.js';
