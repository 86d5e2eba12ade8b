/** What a coordinator is told, and what it wants done. All input and output is its host's. */
import type { EvaluatedModel, FederatedProgress, Outcome } from '../rounds/index.js';
import type { CloseReason, ToCoordinator, ToWorker } from '../protocol/index.js';
import type { EvaluationEvent, RunEvent, RunRecord } from '../records/index.js';
import type { WorkerRecords } from './worker-registry.js';

export type CoordinatorEvent =
  | { readonly kind: 'connected'; readonly connection: number }
  | { readonly kind: 'message'; readonly connection: number; readonly message: ToCoordinator }
  /** A part of a message has come: a sign of life. */
  | { readonly kind: 'heard'; readonly connection: number }
  /** What came is no message of the protocol. */
  | {
      readonly kind: 'broken';
      readonly connection: number;
      readonly reason: CloseReason;
      readonly sentence: string;
    }
  /** With a WebSocket close code: ours, where the other side has read all that was sent before our close. */
  | { readonly kind: 'closed'; readonly connection: number; readonly code: number }
  | { readonly kind: 'timer'; readonly name: TimerName }
  /** What the effect `evaluate` found. */
  | { readonly kind: 'evaluated'; readonly round: number; readonly events: readonly EvaluationEvent[] }
  /** What the effects `persistWorkers`, `persistProgress` and `finish` wrote is durable. */
  | { readonly kind: 'workersPersisted'; readonly version: number }
  | { readonly kind: 'progressPersisted'; readonly round: number; readonly tookMs: number }
  | { readonly kind: 'finished' }
  /** The host could not do an effect, such as a write to a full disk. What it had still to do with it was not done. */
  | { readonly kind: 'hostFailed'; readonly error: Error }
  /** The process is to end; the run can be resumed. */
  | { readonly kind: 'interrupt' };

export type TimerName = 'heartbeat' | 'start' | 'deadline' | 'evaluation' | 'shutdown';

export type CoordinatorEffect =
  | { readonly kind: 'send'; readonly connection: number; readonly message: ToWorker }
  | {
      readonly kind: 'close';
      readonly connection: number;
      readonly reason: CloseReason;
      readonly sentence: string;
      readonly retryAfterMs?: number;
    }
  /** The connection has said who it is: larger messages are allowed from now on. */
  | { readonly kind: 'trust'; readonly connection: number }
  /** One of each name at a time: setting it again moves it. */
  | { readonly kind: 'setTimer'; readonly name: TimerName; readonly afterMs: number }
  | { readonly kind: 'clearTimer'; readonly name: TimerName }
  | {
      readonly kind: 'evaluate';
      readonly round: number;
      readonly on: readonly ('test' | 'validation')[];
      readonly model: EvaluatedModel;
    }
  /** To be added to the metrics. */
  | { readonly kind: 'event'; readonly event: RunEvent }
  /** What the metrics have of later rounds does not count, nor does a progress that was kept after them: durably. */
  | { readonly kind: 'rewind'; readonly round: number }
  /** Write, sync, rename; then tell. */
  | { readonly kind: 'persistWorkers'; readonly members: WorkerRecords }
  /** With it, all metrics up to now. */
  | {
      readonly kind: 'persistProgress';
      readonly round: number;
      readonly content: CoordinatorContent;
    }
  /** Write the model and the record, both durable; then tell. */
  | ({ readonly kind: 'finish'; readonly outcome: Outcome } & Pick<RunRecord, 'rounds' | 'ended'>)
  | {
      readonly kind: 'log';
      readonly level: 'info' | 'warn';
      readonly sentence: string;
      readonly fields?: object;
    }
  /** What became of an update, or that a connection was turned away, for the metrics. */
  | {
      readonly kind: 'count';
      readonly what: 'accepted' | 'refused' | 'failed' | 'turnedAway';
      /** Left out of a connection that has not said who it is. */
      readonly worker?: string | undefined;
      readonly reason?: string;
    }
  /** Nothing more will come: the run is over, interrupted, or has failed. */
  | { readonly kind: 'exit'; readonly error?: Error };

/** What a coordinator goes on from: of the family of its algorithm. */
export type CoordinatorContent = CoordinatorCheckpoint | GossipProgress;

/** What a coordinator of gossip goes on from; the nodes are the workers'. */
export interface GossipProgress {
  readonly round: number;
  readonly bytesSent: number;
}

/** What a coordinator goes on from; plain data. */
export interface CoordinatorCheckpoint {
  readonly progress: FederatedProgress;
  /** Of each client, the last round in which its answer counted; 0: none. */
  readonly lastCounted: Uint32Array;
  /** Clients that are not asked any more, and why. */
  readonly dropped: ReadonlyMap<number, string>;
}
