/** Rate limits and byte counts of connections. */

/** A token bucket for messages; a chunk of a large message counts as one. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Bytes sent and received on a connection. */
export interface Traffic {
  readonly sent: number;
  readonly received: number;
}

/** Failed connections allowed per address, unless a setting says otherwise. */
export const FAILURES: Rate = { perSecond: 1, burst: 100 };
