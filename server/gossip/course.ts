/**
 * The rounds that are over at all nodes, and what is told of them. In synchronous rounds nodes that return do the same
 * again; in asynchronous gossip they do something else, and what was told of later rounds does not count any more.
 */
import type { CoordinatorEffect, GossipProgress } from '../events.js';
import type { WholeRound } from './reports.js';

export class Course {
  readonly #emit: (effect: CoordinatorEffect) => void;
  /** The last round that was told of, what happened in it, and bytes that nodes sent in all. */
  round: number;
  latest: WholeRound | undefined;
  bytesSent: number;
  /** The same bytes after each round that nodes may return to. */
  readonly #bytesAfter = new Map<number, number>();

  constructor(checkpoint: GossipProgress | undefined, emit: (effect: CoordinatorEffect) => void) {
    this.round = checkpoint?.round ?? 0;
    this.bytesSent = checkpoint?.bytesSent ?? 0;
    this.#emit = emit;
    this.#bytesAfter.set(this.round, this.bytesSent);
  }

  /** A round is over at all nodes. */
  tell(whole: WholeRound): void {
    const { totals, bytes, relayed, direct, trace } = whole;
    this.round++;
    this.bytesSent += bytes;
    this.#bytesAfter.set(this.round, this.bytesSent);
    this.latest = whole;
    const between = {
      ...(relayed > 0 && { bytesRelayed: relayed }),
      ...(direct > 0 && { bytesDirect: direct }),
      ...(trace && { trace }),
    };
    this.#emit({ kind: 'event', event: { ...totals.event(this.round, bytes), ...between } });
  }

  /** Nodes go on after an earlier round, and not as they did before. */
  returnTo(round: number): void {
    const told = this.round;
    if (told > round) {
      this.#emit({ kind: 'rewind', round });
      this.round = round;
      this.bytesSent = this.#bytesAfter.get(round) ?? 0;
      this.latest = undefined;
    }
    this.#emit({ kind: 'event', event: { type: 'return', round, told } });
  }

  /** Nobody returns to rounds before this one any more, but to the start. */
  forget(before: number): void {
    for (const round of this.#bytesAfter.keys()) if (round < before) this.#bytesAfter.delete(round);
  }
}
