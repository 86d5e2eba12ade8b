/** What hosts of all families of algorithms have in common: a run that goes on round by round. */
import type { Model } from '../learning/index.js';
import type { RunEvent, RunRecord } from '../records/index.js';

export interface Outcome {
  readonly model: Model;
  /** The final weights; of many models, their mean. */
  readonly weights: Float32Array;
  /** SHA-256 of the final weights; of many models, of their digests in node order. */
  readonly weightsSha256: string;
}

export interface HostedRun {
  /** Rounds that are over. */
  readonly rounds: number;
  /** Yields the events of one round after another; the last with why the run is over. */
  advance(): AsyncGenerator<{ readonly events: readonly RunEvent[]; readonly ended?: RunRecord['ended'] }>;
  /** What is needed to go on from here: plain data. Left out where it would be too large to keep. */
  checkpoint(): unknown;
  outcome(): Outcome;
}
