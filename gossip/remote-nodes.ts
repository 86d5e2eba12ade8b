/** What a host of some nodes needs of others that have the rest. */
import type { Delivery } from './links.js';

/** Where nodes are that a host does not have. */
export interface RemoteNodes {
  /** The nodes that are here. */
  readonly here: ArrayLike<number>;
  /**
   * Takes what a node elsewhere is sent, with the virtual time at which it comes there. The vectors are written;
   * whoever takes them releases them.
   */
  post(to: number, delivery: Delivery, time: number): void;
  /** Milliseconds until a virtual time, none where it has passed; left out, the clock goes as fast as threads can. */
  msUntil?(time: number): number;
}

/** The round was given up. */
export class StoppedError extends Error {
  override name = 'StoppedError';
}
