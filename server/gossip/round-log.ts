/**
 * The rounds of gossip: told of once they are over at all nodes, and then kept. In synchronous rounds nodes that return
 * do the same again; in asynchronous gossip they do something else, and what was told of later rounds does not count any
 * more.
 */
import type { MessageOf } from '../../protocol/index.js';
import type { Federation } from '../../recipe/index.js';
import type { CoordinatorEffect, GossipProgress } from '../events.js';
import type { RegisteredWorker } from '../worker-registry.js';
import { RoundReports, type CompleteRound } from './round-reports.js';

export class RoundLog {
  readonly #emit: (effect: CoordinatorEffect) => void;
  /** The last round that all workers and the coordinator itself have kept. */
  durable: number;
  /** The last round that was told of, what happened in it, and bytes that nodes sent in all. */
  round: number;
  latest: CompleteRound | undefined;
  bytesSent: number;
  /** The same bytes after each round that nodes may return to. */
  readonly #bytesAfter = new Map<number, number>();
  #reports: RoundReports;
  #reported = 0;

  constructor(
    readonly federation: () => Federation,
    checkpoint: GossipProgress | undefined,
    emit: (effect: CoordinatorEffect) => void,
  ) {
    this.round = checkpoint?.round ?? 0;
    this.#reports = new RoundReports(federation, this.round);
    this.bytesSent = checkpoint?.bytesSent ?? 0;
    this.durable = this.round;
    this.#emit = emit;
    this.#bytesAfter.set(this.round, this.bytesSent);
  }

  /** What workers hear of it when they come. */
  get standing(): Pick<MessageOf<'welcome'>, 'round' | 'durable' | 'commits'> {
    return { round: this.round, durable: this.durable, commits: [] };
  }

  /**
   * A worker's nodes have come through a round.
   * @param workers all of them
   * @param until the round up to which nodes may go
   * @returns false where a round is over that has diverged
   */
  report(
    member: RegisteredWorker,
    report: MessageOf<'report'>,
    workers: readonly string[],
    until: number,
  ): boolean {
    this.#reports.add(member, report, until);
    this.#reported++;
    for (;;) {
      const whole = this.#reports.take(this.round + 1, workers);
      if (whole === undefined) return true;
      if (whole.totals.diverged) return false;
      this.#tell(whole);
    }
  }

  /** Counts what workers have told of rounds. */
  get reported(): number {
    return this.#reported;
  }

  /** Of these workers, those who have not told of a round since all returned. */
  behind(members: readonly RegisteredWorker[], round: number): RegisteredWorker[] {
    return members.filter(({ worker }) => this.#reports.reachedBy(worker) < round);
  }

  /** All return to the end of a round: what they told of later ones is told again. */
  forgetReports(round: number): void {
    this.#reports = new RoundReports(this.federation, round);
  }

  #tell(whole: CompleteRound): void {
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
    this.durable = Math.min(this.durable, round);
    const told = this.round;
    if (told > round) {
      this.#emit({ kind: 'rewind', round });
      this.round = round;
      this.bytesSent = this.#bytesAfter.get(round) ?? 0;
      this.latest = undefined;
    }
    this.#emit({ kind: 'event', event: { type: 'return', round, told } });
  }

  /** A round is kept: nobody returns to those before it any more, but to the start. */
  persisted(durable: number): void {
    this.durable = durable;
    for (const round of this.#bytesAfter.keys()) if (round < durable) this.#bytesAfter.delete(round);
  }
}
