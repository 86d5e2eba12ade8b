export { divergedEvaluation, divergedNode, type EvaluatedOn } from './diverged-evaluation.js';
export {
  createEvaluator,
  evaluateHeldOut,
  meetsTarget,
  summariseClients,
  type EvaluatedModel,
  type Evaluator,
} from './evaluate.js';
export {
  beginRound,
  concluded,
  startFederated,
  type FederatedRound,
  type FinishedRound,
} from './federated-round.js';
export { layoutHash, partitionHash } from './fingerprints.js';
export type { HostedRun, Outcome } from './hosted-run.js';
export type { FederatedProgress } from './progress.js';
export { encodeOr, receivedMessage, type SelectedClient } from './selected-client.js';
