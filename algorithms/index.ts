import { Registry } from '../registry/index.js';
import type { Algorithm, AlgorithmContext } from './algorithm.js';
import { fedavg } from './fedavg.js';

/** The algorithms that a recipe can name. */
export const algorithms = new Registry<AlgorithmContext, Algorithm>('algorithm', [fedavg]);

export type { Algorithm, AlgorithmContext } from './algorithm.js';
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
export type { Answer, Payload } from './payload.js';
