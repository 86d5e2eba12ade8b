/** What a worker is told, and what it wants done. All input and output is its host's. */
import type { HostedUpdate, Payload } from '../algorithms/index.js';
import type { ModelSpec } from '../learning/index.js';
import type { CloseReason, MessageOf, Tensor, ToCoordinator, ToWorker } from '../protocol/index.js';
import type { NodesEffect, NodesEvent, PeerEffect, PeerEvent } from './gossip/events.js';

export type Hashes = MessageOf<'ready'>['hashes'];

export type WorkerEvent =
  | { readonly kind: 'connected' }
  /** The connection could not be made. @param isLasting whether trying again by itself does not help */
  | { readonly kind: 'unconnected'; readonly sentence: string; readonly isLasting: boolean }
  /** The connection has ended; `code` is a WebSocket close code. */
  | { readonly kind: 'closed'; readonly code: number; readonly sentence: string }
  | { readonly kind: 'message'; readonly message: ToWorker }
  /** A part of a message has come: a sign of life. */
  | { readonly kind: 'heard' }
  | { readonly kind: 'timer'; readonly name: WorkerTimer }
  /** The effects `prepare` and `adopt` are done: everything of the recipe is made. */
  | { readonly kind: 'prepared'; readonly preparation: number; readonly hashes: Hashes }
  | { readonly kind: 'unprepared'; readonly reason: CloseReason; readonly sentence: string }
  | {
      readonly kind: 'trained';
      readonly ticket: number;
      readonly answer: HostedUpdate;
      /** The answer's vectors as they go over the wire. */
      readonly tensors: Readonly<Record<string, Tensor>>;
      readonly clientState: unknown;
    }
  | { readonly kind: 'failed'; readonly ticket: number; readonly sentence: string }
  /** The identity, or a client's state, is durable. */
  | { readonly kind: 'identityPersisted' }
  | {
      readonly kind: 'statePersisted';
      readonly client: number;
      readonly round: number;
      readonly ticket: number;
    }
  | { readonly kind: 'evaluated'; readonly id: number; readonly results: MessageOf<'evaluated'>['results'] }
  /** Of its gossip nodes. */
  | { readonly kind: 'nodes'; readonly event: NodesEvent }
  | { readonly kind: 'peer'; readonly event: PeerEvent }
  /** The host could not do an effect, such as a write to a full disk. What it had still to do with it was not done. */
  | { readonly kind: 'hostFailed'; readonly error: Error }
  /** The process is to end. */
  | { readonly kind: 'interrupt' };

export type WorkerTimer = 'reconnect' | 'heartbeat';

/** Who a worker is in a run. */
export interface Identity {
  readonly run: string;
  readonly worker: string;
  readonly secret: string;
}

/** A client's state after a round that it took part in. */
export interface StoredState {
  readonly client: number;
  readonly round: number;
  readonly state: unknown;
}

export type WorkerEffect =
  | { readonly kind: 'connect' }
  | { readonly kind: 'send'; readonly message: ToCoordinator }
  | { readonly kind: 'close'; readonly reason: CloseReason; readonly sentence: string }
  /** One of each name at a time: setting it again moves it. */
  | { readonly kind: 'setTimer'; readonly name: WorkerTimer; readonly afterMs: number }
  | { readonly kind: 'clearTimer'; readonly name: WorkerTimer }
  /** Make everything of the recipe for these clients; then tell. */
  | {
      readonly kind: 'prepare';
      readonly preparation: number;
      readonly welcome: MessageOf<'welcome'>;
      readonly clients: readonly number[];
    }
  /** Use what was sent in place of what was made; then tell. */
  | { readonly kind: 'adopt'; readonly preparation: number; readonly mismatch: MessageOf<'mismatch'> }
  | {
      readonly kind: 'train';
      readonly ticket: number;
      readonly client: number;
      readonly round: number;
      readonly message: Payload;
      readonly clientState: unknown;
    }
  | {
      readonly kind: 'evaluate';
      readonly id: number;
      readonly clients: readonly number[];
      /** The recipe's where it is left out. */
      readonly spec?: ModelSpec;
      readonly weights: Float32Array;
    }
  | { readonly kind: 'persistIdentity'; readonly identity: Identity }
  | ({ readonly kind: 'persistState'; readonly ticket: number } & StoredState)
  | { readonly kind: 'nodes'; readonly effect: NodesEffect }
  | { readonly kind: 'peer'; readonly effect: PeerEffect }
  /** Nothing will ask for the answer again that lies in this memory; messages that were sent may still. */
  | { readonly kind: 'recycle'; readonly memory: ReadonlySet<ArrayBuffer> }
  /** Nothing will ask for this state again. */
  | { readonly kind: 'forgetState'; readonly client: number; readonly round: number }
  /** The run is over, or another run is served here: what was kept of it is not needed. */
  | { readonly kind: 'forgetRun' }
  | { readonly kind: 'log'; readonly level: 'info' | 'warn'; readonly sentence: string }
  /** The worker's part is over. */
  | {
      readonly kind: 'exit';
      readonly isFailure: boolean;
      /** It was told to end; the run has not. */
      readonly wasInterrupted?: true;
      readonly sentence: string;
      /** What the host has failed of, or the failure that has a kind of its own. */
      readonly error?: Error;
    };
