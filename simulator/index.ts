export { describeSkew, describeStart, describeUnsimulated } from './describe.js';
export { estimateRun, expectRun, type Expectation } from './estimate.js';
export { evaluateWeights } from './evaluate-weights.js';
export { expectedMemory } from './memory.js';
export { InterruptedError, simulate, type SimulateOptions, type SimulateResult } from './simulate.js';
