import { Registry } from '../registry/index.js';
import type { Algorithm, AlgorithmContext } from './algorithm.js';
import { fedadagrad } from './fedadagrad.js';
import { fedadam } from './fedadam.js';
import { fedasync } from './fedasync.js';
import { fedavg } from './fedavg.js';
import { fedavgm } from './fedavgm.js';
import { fedbuff } from './fedbuff.js';
import { feddyn } from './feddyn.js';
import { fedma } from './fedma/index.js';
import { fednova } from './fednova.js';
import { fedprox } from './fedprox.js';
import { fedsgd } from './fedsgd.js';
import { fedyogi } from './fedyogi.js';
import { fisher } from './fisher.js';
import { bufferedGossip } from './gossip/buffered-gossip.js';
import { dPsgd } from './gossip/d-psgd.js';
import { epidemic } from './gossip/epidemic.js';
import { gossip } from './gossip/gossip.js';
import { gradientTracking } from './gossip/gradient-tracking.js';
import { isolated } from './gossip/isolated.js';
import { pushSum } from './gossip/push-sum.js';
import { dataParallel } from './noloco/data-parallel.js';
import { diloco } from './noloco/diloco.js';
import { localAveraging } from './noloco/local-sgd.js';
import { noloco } from './noloco/noloco.js';
import { regmean } from './regmean.js';
import { scaffold } from './scaffold.js';

/** The algorithms that a recipe can name. */
export const algorithms = new Registry<AlgorithmContext, Algorithm>('algorithm', [
  fedsgd,
  fedavg,
  fedprox,
  fedavgm,
  fedadagrad,
  fedadam,
  fedyogi,
  fednova,
  scaffold,
  feddyn,
  fisher,
  regmean,
  fedbuff,
  fedasync,
  fedma,
  isolated,
  gossip,
  bufferedGossip,
  dPsgd,
  pushSum,
  epidemic,
  gradientTracking,
  noloco,
  diloco,
  localAveraging,
  dataParallel,
]);

export type { Algorithm, AlgorithmContext } from './algorithm.js';

// What algorithms are made of, also a user's own.
export { deltaAveraging, type ClientRule, type ServerRule } from './delta-averaging.js';
export { addMean, plainClient } from './fedavg.js';
export { refuseCommunity } from './check-community.js';
export type { AlgorithmNeeds } from './needs.js';
export { ignoredOptions, readsOf, schedulesOf } from './recipe-usage.js';
export { localOptions, localSgd, type LocalOptions } from './local-sgd.js';
export { selectClients, selectionOptions, type Selection } from './selection.js';
export { addScaled, combine, difference, scaled } from './vectors.js';

export type {
  CollectingAlgorithm,
  FederatedAlgorithm,
  InitContext,
  LocalTools,
  Plan,
  PlanContext,
  Roster,
  Sum,
  SummingAlgorithm,
} from './federated.js';
export {
  SNAPSHOT,
  WEIGHTS,
  type Community,
  type Effect,
  type EvaluationPoint,
  type Expectation,
  type GossipAlgorithm,
  type LocalTraining,
  type Message,
  type Source,
  type Standing,
  type Step,
  type Term,
  type View,
} from './gossip.js';
export type { Bounds, FormContext, Header, MessageForm } from './message-form.js';
export type { ClientUpdate, HostedUpdate, Payload } from './payload.js';
