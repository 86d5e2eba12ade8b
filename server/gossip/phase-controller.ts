/**
 * What the workers of a gossip run are asked to do, all the same at a time, and whose answer is awaited. Who was away when
 * it was said is told when it is back.
 */
import { ProtocolError, type ToWorker } from '../../protocol/index.js';
import type { ConnectionManager } from '../connection-manager.js';
import type { RegisteredWorker } from '../worker-registry.js';
import type { Session } from '../sessions.js';
import type { RoundLog } from './round-log.js';
import type { EvaluationState } from './evaluation-state.js';

/** What all workers are doing, or are waited for to do. */
export type Phase =
  'gathering' | 'returning' | 'running' | 'examining' | 'evaluating' | 'keeping' | 'persisting';

export class PhaseController {
  #phase: Phase = 'gathering';
  #epoch = 0;
  #at = 0;
  #until = 0;
  readonly #awaited = new Set<string>();

  constructor(
    readonly connections: ConnectionManager,
    readonly roundLog: RoundLog,
    readonly evaluationState: EvaluationState,
  ) {}

  get phase(): Phase {
    return this.#phase;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The round where the nodes are, or were when they went on. */
  get at(): number {
    return this.#at;
  }

  /** The round up to which they may go. */
  get until(): number {
    return this.#until;
  }

  /** Nodes are not together. @param epoch what a worker says that it is in, which a coordinator before this one began */
  gather(epoch: number): void {
    this.#epoch = Math.max(this.#epoch, epoch);
    this.turnTo('gathering');
  }

  /** All are to be after this round: nothing of earlier epochs counts any more. */
  beginEpoch(round: number): void {
    this.#epoch++;
    this.#at = this.#until = round;
  }

  goOn(until: number): void {
    this.#until = until;
    this.turnTo('running');
  }

  /** All nodes have come as far as they may. */
  halt(): void {
    this.#at = this.#until;
  }

  /** All workers go on to something else together. */
  turnTo(phase: Phase): void {
    this.#phase = phase;
    this.#awaited.clear();
    for (const { worker } of this.connections.members.taking) this.#awaited.add(worker);
    for (const session of this.connections.present) this.tell(session);
  }

  /**
   * Whether something was said of what workers are doing now.
   * @throws ProtocolError where it is of an epoch that has not begun
   */
  isNow(epoch: number, phase: Phase): boolean {
    this.check(epoch);
    return epoch === this.#epoch && phase === this.#phase;
  }

  /** @throws ProtocolError where an epoch has not begun; what is of an earlier one does not count any more */
  check(epoch: number): void {
    if (epoch >= 1 && epoch <= this.#epoch) return;
    throw new ProtocolError('malformed', `epoch is ${epoch}; it must be ${this.#epoch}, or one before`);
  }

  /** Of these workers, those who have still to do what all are asked to, or to come. */
  awaitedOf(members: readonly RegisteredWorker[]): RegisteredWorker[] {
    switch (this.#phase) {
      case 'gathering':
        return members.filter(({ worker }) => this.connections.presentOf(worker) === undefined);
      case 'running':
        return this.roundLog.behind(members, this.#until);
      case 'returning':
      case 'keeping':
        return members.filter(({ worker }) => this.#awaited.has(worker));
      case 'examining':
        return members.filter((member) => this.evaluationState.requestFor(member, this.#epoch) !== undefined);
      case 'evaluating':
      case 'persisting':
        return [];
    }
  }

  /** A worker has done what was asked. @returns whether it was the last that was awaited */
  isDone({ worker }: RegisteredWorker): boolean {
    return this.#awaited.delete(worker) && this.#awaited.size === 0;
  }

  /** Says what is awaited of a worker now: it may have been away when it was said first. */
  tell(session: Session): void {
    const request = session.member && this.#requestFor(session.member);
    if (request) this.connections.send(session, request);
  }

  #requestFor(member: RegisteredWorker): ToWorker | undefined {
    const [epoch, round] = [this.#epoch, this.#at];
    const isAwaited = this.#awaited.has(member.worker);
    if (this.#phase === 'returning') return isAwaited ? { kind: 'returnTo', epoch, round } : undefined;
    if (this.#phase === 'keeping') return isAwaited ? { kind: 'checkpoint', epoch, round } : undefined;
    if (this.#phase === 'examining') return this.evaluationState.requestFor(member, epoch);
    if (this.#phase !== 'running') return undefined;
    return { kind: 'start', epoch, until: this.#until, durable: this.roundLog.durable };
  }
}
