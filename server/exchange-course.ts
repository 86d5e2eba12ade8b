/** When exchanges begin and end: with all their answers, with as many as are enough, or at their deadline. */
import type { FederatedAlgorithm } from '../algorithms/index.js';
import {
  beginExchange,
  DivergedError,
  NobodyAnsweredError,
  type FederatedProgress,
  type Finished,
} from '../hosting/index.js';
import { CodecRangeError } from '../protocol/index.js';
import type { Federation, Recipe } from '../recipe/index.js';
import type { Connections } from './connections.js';
import type { CoordinatorEffect } from './events.js';
import type { ExchangeDesk } from './exchange-desk.js';
import type { Round } from './round.js';
import type { RoundRules } from './round-rules.js';

export interface CourseStart {
  readonly federation: Federation;
  readonly algorithm: FederatedAlgorithm;
  readonly rules: RoundRules;
  readonly connections: Connections;
  readonly desk: ExchangeDesk;
  readonly emit: (effect: CoordinatorEffect) => void;
  /** Whether an exchange that has all its answers can end now. */
  readonly canEnd: () => boolean;
  /** Told of an exchange that is over. */
  readonly ended: (round: Round, finished: Finished) => void;
  /** Told that there is no update that counts, or that they cannot be brought together. */
  readonly failed: (error: Error) => void;
}

export class ExchangeCourse {
  constructor(readonly start: CourseStart) {}

  /** Begins the exchange after this progress. @returns false where the algorithm ends the run instead */
  begin(progress: FederatedProgress): boolean {
    const { federation, algorithm, rules, desk, emit } = this.start;
    const { deadlineMs, overSelection } = rules;
    let exchange: ReturnType<typeof beginExchange>;
    try {
      exchange = beginExchange(federation, algorithm, progress, overSelection);
    } catch (error) {
      if (!(error instanceof CodecRangeError)) throw error;
      this.start.failed(error);
      return true;
    }
    if (exchange === 'done') return false;
    if (deadlineMs !== undefined) emit({ kind: 'setTimer', name: 'deadline', afterMs: deadlineMs });
    desk.open(exchange);
    this.endIfComplete();
    return true;
  }

  /** The timer `deadline` has run out. */
  deadline(): void {
    const { rules, desk, emit } = this.start;
    const { deadlineMs = 0, minimum } = rules;
    const { round } = desk;
    if (round === undefined || round.isComplete) return;
    if (round.accepted.size < minimum) {
      const sentence = `the deadline has passed with ${round.accepted.size} of at least ${minimum} updates: waiting on`;
      emit({ kind: 'log', level: 'warn', sentence, fields: { round: round.number } });
      emit({ kind: 'setTimer', name: 'deadline', afterMs: deadlineMs });
      return;
    }
    this.#endEarly(round, 'deadline');
  }

  /** Ends the exchange under way where it has what it takes and can end. */
  endIfComplete(): void {
    const { desk, canEnd, ended, failed } = this.start;
    const { round } = desk;
    if (round === undefined) return;
    if (!round.isComplete && round.accepted.size >= round.exchange.enough) {
      this.#endEarly(round, 'enough others were faster');
      return;
    }
    if (!round.isComplete || !canEnd()) return;
    this.stop();
    let finished: Finished;
    try {
      refuseEmpty(round, this.start.federation.recipe);
      finished = round.exchange.finish();
    } catch (error) {
      if (!(error instanceof DivergedError || error instanceof NobodyAnsweredError)) throw error;
      failed(error);
      return;
    }
    desk.close();
    ended(round, finished);
  }

  /** No deadline is waited for any more. */
  stop(): void {
    this.start.emit({ kind: 'clearTimer', name: 'deadline' });
  }

  /** Ends an exchange without those who have not answered. */
  #endEarly(round: Round, why: string): void {
    const { connections } = this.start;
    const late = [...round.waiting];
    for (const client of late) round.giveUp(client, why);
    for (const [session, clients] of connections.byOwner(late)) {
      connections.send(session, { kind: 'cancel', exchange: round.number, clients });
    }
    this.endIfComplete();
  }
}

/**
 * @throws DivergedError where no update counts and one was not finite, as in the simulator
 * @throws NobodyAnsweredError where no update counts for other reasons
 */
function refuseEmpty({ number, accepted, missing, notFinite }: Round, { algorithm }: Recipe): void {
  if (accepted.size > 0 || missing.size === 0) return;
  const first = [...notFinite].sort((a, b) => a - b).at(0);
  if (first === undefined) throw new NobodyAnsweredError(number, missing);
  throw new DivergedError(number, first, algorithm, 'its update is not finite, and no other counts');
}
