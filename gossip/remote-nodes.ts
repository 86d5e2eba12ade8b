/** Nodes that other workers host: where to send their messages, and the clock that all workers share. */
import type { Delivery } from './links.js';

/** Runs virtual time at the speed of real time. */
export interface RealTimeClock {
  /** Milliseconds until a virtual time; 0 if it has passed. */
  msUntil(time: number): number;
  /** Calls back after a delay. @returns a function that cancels it */
  setTimer(ms: number, callback: () => void): () => void;
}

export interface RemoteNodes {
  /** The nodes that this worker hosts. */
  readonly here: ArrayLike<number>;
  /**
   * Sends a message to a remote node.
   * @param delivery its vectors are written; the callee releases them
   * @param time virtual time of arrival
   */
  post(to: number, delivery: Delivery, time: number): void;
  /** If omitted, virtual time advances as fast as the threads compute. */
  readonly clock?: RealTimeClock;
}

/** The round was abandoned. */
export class StoppedError extends Error {
  override name = 'StoppedError';
}
