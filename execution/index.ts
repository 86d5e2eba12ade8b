export { buffersIn } from './buffers.js';
export { evaluatePart, type EvaluateTask, type EvaluationSet } from './evaluate-part.js';
export { performAll, sharedVector, vectorSharer, type Executor } from './executor.js';
export type { Thread, ThreadTask } from './thread-task.js';
export { update, type UpdateResult, type UpdateTask } from './update.js';
