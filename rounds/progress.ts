/** State of a federated run between two rounds, without client state. Plain data: checkpoints hold it. */
import type { Model } from '../learning/index.js';
import type { RunRecord } from '../records/index.js';
import type { SelectedClient } from './selected-client.js';

export interface FederatedProgress {
  /** Completed rounds. */
  readonly rounds: number;
  /** Optimizer steps of all aggregated updates. */
  readonly localSteps: number;
  /** Server state of the algorithm. */
  readonly state: unknown;
  /** The latest complete model: between two rounds an algorithm may hold an incomplete one. */
  readonly current: { readonly model: Model; readonly weights: Float32Array };
  /** Buffered schedule: clients selected in these rounds whose updates have not arrived. */
  readonly underway?: readonly SelectedClient[];
  /** Why the run ended, if it did. */
  readonly ended?: RunRecord['ended'];
}
