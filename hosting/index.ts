export {
  createEvaluator,
  evaluateHeldOut,
  meetsTarget,
  summariseClients,
  type EvaluatedModel,
  type Evaluator,
} from './evaluate.js';
export { evaluatePart, type EvaluateTask, type EvaluationSet } from './evaluate-part.js';
export {
  beginExchange,
  concluded,
  startFederated,
  type Exchange,
  type FederatedProgress,
  type Finished,
} from './exchange.js';
export {
  createExecutor,
  performAll,
  sharedVector,
  vectorSharer,
  type Executor,
  type ExecutorOptions,
} from './executor.js';
export { layoutHash, partitionHash } from './fingerprints.js';
export { DivergedError, UpdateFailedError } from './failures.js';
export type { HostedRun, Outcome } from './hosted-run.js';
export { describeRun } from './record.js';
export { update, type UpdateResult, type UpdateTask } from './update.js';
export { Timers } from './timers.js';
export { version } from './version.js';
export { Wire, type Rate, type WireEvents } from './wire.js';
export type { Thread, Work } from './work.js';
