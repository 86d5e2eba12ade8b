export { EffectRunner } from './effect-runner.js';
export { createExecutor, type ExecutorOptions } from './executor.js';
export { Timers } from './timers.js';
export { within } from './within.js';
