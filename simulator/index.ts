export { describeSkew, describeStart, describeUnsimulated } from './describe.js';
export { estimateRun, expectRun, type Expectation } from './estimate.js';
export { evaluateWeights } from './evaluate-weights.js';
export { noFaults, type FaultCounts } from './faults/disk-faults.js';
export { history, scenario, type HistoryOptions, type Scenario } from './faults/history.js';
export { expectedMemory } from './memory.js';
export { InterruptedError, simulate, type SimulateOptions, type SimulateResult } from './simulate.js';
