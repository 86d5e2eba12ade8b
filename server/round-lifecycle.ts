/** When rounds begin and end: with all their answers, with as many as are enough, or at their deadline. */
import type { FederatedAlgorithm } from '../algorithms/index.js';
import { beginRound, type FederatedProgress, type FinishedRound } from '../rounds/index.js';
import { DivergedError, NobodyAnsweredError } from '../errors/index.js';
import { CodecRangeError } from '../protocol/index.js';
import type { Federation, Recipe } from '../recipe/index.js';
import type { ConnectionManager } from './connection-manager.js';
import type { CoordinatorEffect } from './events.js';
import type { TaskDispatcher } from './task-dispatcher.js';
import type { Round } from './round.js';
import type { RoundRules } from './round-rules.js';

export interface RoundLifecycleOptions {
  readonly federation: Federation;
  readonly algorithm: FederatedAlgorithm;
  readonly rules: RoundRules;
  readonly connections: ConnectionManager;
  readonly dispatcher: TaskDispatcher;
  readonly emit: (effect: CoordinatorEffect) => void;
  /** Whether a round that has all its answers can end now. */
  readonly canEnd: () => boolean;
  /** Told of a round that is over. */
  readonly ended: (pending: Round, finished: FinishedRound) => void;
  /** Told that there is no update that counts, or that they cannot be brought together. */
  readonly failed: (error: Error) => void;
}

export class RoundLifecycle {
  constructor(readonly start: RoundLifecycleOptions) {}

  /** Begins the round after this progress. @returns false where the algorithm ends the run instead */
  begin(progress: FederatedProgress): boolean {
    const { federation, algorithm, rules, dispatcher, emit } = this.start;
    const { deadlineMs, overSelection } = rules;
    let round: ReturnType<typeof beginRound>;
    try {
      round = beginRound(federation, algorithm, progress, overSelection);
    } catch (error) {
      if (!(error instanceof CodecRangeError)) throw error;
      this.start.failed(error);
      return true;
    }
    if (round === 'done') return false;
    if (deadlineMs !== undefined) emit({ kind: 'setTimer', name: 'deadline', afterMs: deadlineMs });
    dispatcher.open(round);
    this.endIfComplete();
    return true;
  }

  /** The timer `deadline` has run out. */
  deadline(): void {
    const { rules, dispatcher, emit } = this.start;
    const { deadlineMs = 0, minimum } = rules;
    const { pending } = dispatcher;
    if (pending === undefined || pending.isComplete) return;
    if (pending.accepted.size < minimum) {
      const sentence = `the deadline has passed with ${pending.accepted.size} of at least ${minimum} updates: waiting on`;
      emit({ kind: 'log', level: 'warn', sentence, fields: { pending: pending.number } });
      emit({ kind: 'setTimer', name: 'deadline', afterMs: deadlineMs });
      return;
    }
    this.#endEarly(pending, 'deadline');
  }

  /** Ends the round under way where it has what it takes and can end. */
  endIfComplete(): void {
    const { dispatcher, canEnd, ended, failed } = this.start;
    const { pending } = dispatcher;
    if (pending === undefined) return;
    if (!pending.isComplete && pending.accepted.size >= pending.round.enough) {
      this.#endEarly(pending, 'enough others were faster');
      return;
    }
    if (!pending.isComplete || !canEnd()) return;
    this.stop();
    let finished: FinishedRound;
    try {
      refuseEmpty(pending, this.start.federation.recipe);
      finished = pending.round.finish();
    } catch (error) {
      if (!(error instanceof DivergedError || error instanceof NobodyAnsweredError)) throw error;
      failed(error);
      return;
    }
    dispatcher.close();
    ended(pending, finished);
  }

  /** No deadline is waited for any more. */
  stop(): void {
    this.start.emit({ kind: 'clearTimer', name: 'deadline' });
  }

  /** Ends a round without those who have not answered. */
  #endEarly(pending: Round, why: string): void {
    const { connections } = this.start;
    const late = [...pending.waiting];
    for (const client of late) pending.giveUp(client, why);
    for (const [session, clients] of connections.byOwner(late)) {
      connections.send(session, { kind: 'cancel', round: pending.number, clients });
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
