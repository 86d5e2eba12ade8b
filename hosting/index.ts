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
  beginRound,
  concluded,
  startFederated,
  type FederatedRound,
  type FederatedProgress,
  type FinishedRound,
} from './federated-round.js';
export {
  createExecutor,
  performAll,
  sharedVector,
  vectorSharer,
  type Executor,
  type ExecutorOptions,
} from './executor.js';
export { authoritiesWith } from './authorities.js';
export { receivedMessage, type SelectedClient } from './selected-client.js';
export { buffersIn } from './buffers.js';
export type { GossipCheckpoint } from './gossip/checkpoint.js';
export { NodeRuntime, type Outgoing } from './gossip/node-runtime.js';
export { StoppedError, type RemoteNodes } from './gossip/remote-nodes.js';
export { GossipHost } from './gossip/host.js';
export { NOTHING } from './gossip/inbox.js';
export type { Content, Delivery } from './gossip/links.js';
export { gossipMemory, refuseTooMuchMemory } from './gossip/memory.js';
export { latestTimes } from './gossip/latest-times.js';
export { MessageOrder } from './gossip/message-order.js';
export { MessageValidator, type NodeMessage } from './gossip/message-validator.js';
export { prepareFor, startNodes } from './gossip/nodes.js';
export { nodeEvaluations } from './gossip/evaluations.js';
export {
  figuresOf,
  meanWeights,
  measureNodes,
  sumWeights,
  surveyOf,
  testNodes,
  type Measured,
  type PlacedModel,
  type NodeTest,
  type Survey,
  type Tested,
} from './gossip/population.js';
export { program } from './gossip/program.js';
export { placesOf, Slabs, type Vector, type Vectors } from './gossip/slabs.js';
export { isSnapshot, takesSnapshots } from './gossip/snapshots.js';
export { RoundTotals, type TotalsParts } from './gossip/totals.js';
export { viewer } from './gossip/views.js';
export { layoutHash, partitionHash } from './fingerprints.js';
export {
  ConnectionError,
  DivergedError,
  NobodyAnsweredError,
  RunFailedError,
  ThreadEndedError,
  UpdateFailedError,
} from './failures.js';
export { EffectRunner } from './effect-runner.js';
export { explained, isSystemError, SystemError } from './system-errors.js';
export { divergedEvaluation, divergedNode, type EvaluatedOn } from './diverged-evaluation.js';
export type { HostedRun, Outcome } from './hosted-run.js';
export { consensusRateOf } from './consensus-rate.js';
export { describeRun } from './record.js';
export { listen, type Address, type ListenerOptions, type ListenOptions } from './listen.js';
export { sameSecret } from './secrets.js';
export { networkOf } from './addresses.js';
export { readCertificate, type CertificateFiles } from './certificate.js';
export { LogThrottle } from './log-throttle.js';
export { FAILURES, Rejections, type WriteLog } from './rejections.js';
export { connectionLimit, connectionsWithin } from './connection-limit.js';
export { PendingConnections } from './pending-connections.js';
export { update, type UpdateResult, type UpdateTask } from './update.js';
export { Timers } from './timers.js';
export { version } from './version.js';
export type { ConnectionFailure } from './connection-failure.js';
export { dial } from './dial.js';
export { within } from './within.js';
export { refuseConnection } from './refuse-connection.js';
export { Wire, type Rate, type Traffic, type WireEvents } from './wire.js';
export type { Thread, ThreadTask } from './thread-task.js';
