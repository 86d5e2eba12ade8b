/**
 * What clients are asked in the round under way, and what comes of it: tasks go to the workers that are here, updates
 * are judged, and who fails is asked again or given up.
 */
import type { FederatedAlgorithm } from '../algorithms/index.js';
import type { FederatedRound } from '../rounds/index.js';
import { ProtocolError, type MessageOf, type ToCoordinator } from '../protocol/index.js';
import type { Federation } from '../recipe/index.js';
import { isAmong } from './client-ranges.js';
import type { ConnectionManager } from './connection-manager.js';
import type { ParticipationLog } from './participation-log.js';
import type { CoordinatorEffect } from './events.js';
import { validateUpdate } from './update-validator.js';
import type { RegisteredWorker } from './worker-registry.js';
import { Round } from './round.js';
import type { Session } from './sessions.js';

export interface TaskDispatcherOptions {
  readonly federation: Federation;
  readonly algorithm: FederatedAlgorithm;
  readonly normBound: number | undefined;
  readonly connections: ConnectionManager;
  readonly participation: ParticipationLog;
  /** Clients that are not asked any more, and why. */
  readonly dropped: ReadonlyMap<number, string> | undefined;
  /** How many rounds are over. */
  readonly rounds: () => number;
  /** Told of a client that is not asked any more. */
  readonly gaveUp: (client: number, why: string) => void;
  /** Told when an answer was taken or a client given up: the round may be complete. */
  readonly settled: () => void;
  readonly emit: (effect: CoordinatorEffect) => void;
}

/** An update is asked for so often before its client is given up. */
const ATTEMPTS = 3;

export class TaskDispatcher {
  readonly #start: TaskDispatcherOptions;
  readonly #dropped: Map<number, string>;
  #pending: Round | undefined;
  #before: Round | undefined;
  /** Answers that came when the round under way had all of its own, and could not end yet. */
  readonly #early: { readonly session: Session; readonly message: MessageOf<'update' | 'failed'> }[] = [];

  constructor(start: TaskDispatcherOptions) {
    this.#start = start;
    this.#dropped = new Map(start.dropped);
  }

  /** The round under way. */
  get pending(): Round | undefined {
    return this.#pending;
  }

  get dropped(): ReadonlyMap<number, string> {
    return this.#dropped;
  }

  /** A round begins. */
  open(round: FederatedRound): void {
    const before = this.#before;
    const pending = new Round(round, this.#dropped, before);
    this.#pending = pending;
    // Who is still training for an earlier one knows it.
    this.#ask(pending, before ? pending.asked : [...pending.waiting]);
    for (const { session, message } of this.#early.splice(0)) {
      if (session.member === undefined || !this.#start.connections.isOpen(session)) continue;
      this.receive(session, session.member, message);
    }
  }

  /** The round is over. */
  close(): void {
    this.#before = this.#pending;
    this.#pending = undefined;
  }

  /** A worker that has come does not go on with what is not awaited any more. */
  cancelOld(session: Session): void {
    for (const { round: start, client } of session.pending) {
      if (this.#pending?.awaited(client)?.start === start) continue;
      this.#start.connections.send(session, { kind: 'cancel', round: start, clients: [client] });
    }
  }

  /** Asks a worker that has come for all that is awaited of it. */
  giveWork(session: Session, { clients }: RegisteredWorker): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#sendTasks(
      session,
      pending,
      clients.filter((client) => pending.awaited(client)),
    );
  }

  /** @throws ProtocolError where the message has no place here */
  receive(session: Session, member: RegisteredWorker, message: ToCoordinator): void {
    if (message.kind === 'update') this.#update(session, member, message);
    else if (message.kind === 'failed') this.#failed(session, member, message);
    else throw new ProtocolError('unexpected', `a message '${message.kind}' has no place in this run`);
  }

  /** Where a client's worker lost what it kept: the first round that misses it; none where it kept nothing. */
  lostFrom(client: number): number | undefined {
    const isAccepted = this.#pending?.accepted.has(client) ?? false;
    return isAccepted || this.#start.participation.hasAny(client) ? this.#nextFor(client) : undefined;
  }

  #update(session: Session, { worker, clients }: RegisteredWorker, update: MessageOf<'update'>): void {
    if (this.#isEarly(session, update)) return;
    const { round, client, attempt } = update;
    const { connections, emit, settled, rounds, ...run } = this.#start;
    const pending = this.#pending;
    const judgement = validateUpdate(update, clients, { ...run, rounds: rounds(), pending });
    if (judgement.kind === 'refused') {
      const { reason, sentence, isOwnFault } = judgement;
      const next = this.#nextFor(client);
      emit({ kind: 'count', what: 'refused', worker, reason });
      this.#warn(`update of worker ${worker} refused: ${sentence}`, {
        worker,
        client,
        pending: round,
        reason,
      });
      connections.send(session, { kind: 'refused', round, client, attempt, reason, sentence, next });
      if (!isOwnFault || pending === undefined) return;
      if (reason === 'notFinite') pending.notFinite.add(client);
      this.#again(session, pending, client, `its updates were refused: ${sentence}`);
      return;
    }
    if (judgement.kind === 'counts' && pending) {
      const replacing = pending.accept(client, judgement.answer);
      emit({ kind: 'count', what: 'accepted', worker });
      this.#ask(pending, replacing);
    }
    connections.send(session, { kind: 'accepted', round, client, attempt });
    if (judgement.kind === 'counts') settled();
  }

  #failed(session: Session, { worker, clients }: RegisteredWorker, failure: MessageOf<'failed'>): void {
    if (this.#isEarly(session, failure)) return;
    const { client, round, attempt, sentence } = failure;
    const pending = this.#pending;
    const asked = pending?.awaited(client);
    const current = pending?.number ?? this.#start.rounds();
    const isLater = round > current || (asked?.start === round && attempt > asked.attempt);
    if (isLater || !isAmong(clients, client)) {
      const sentence = `client ${client} is said to have failed in attempt ${attempt} of round ${round}, for which this worker was not asked`;
      throw new ProtocolError('unexpected', sentence);
    }
    if (pending === undefined || asked?.start !== round || asked.attempt !== attempt) return;
    this.#start.emit({ kind: 'count', what: 'failed', worker });
    this.#warn(`client ${client} of worker ${worker} failed: ${sentence}`, {
      worker,
      client,
      pending: round,
    });
    this.#again(session, pending, client, `its update failed: ${sentence}`);
  }

  /** Whether what became of a task is kept for the next round: the one under way is full, and waits for an evaluation. */
  #isEarly(session: Session, message: MessageOf<'update' | 'failed'>): boolean {
    const pending = this.#pending;
    if (!pending?.isComplete || pending.awaited(message.client)?.start !== message.round) return false;
    this.#early.push({ session, message });
    return true;
  }

  /** Asks a client once more, or gives it up for good. */
  #again(session: Session, pending: Round, client: number, why: string): void {
    pending.askAgain(client);
    const asked = pending.awaited(client);
    if (asked && asked.attempt < ATTEMPTS) {
      this.#sendTasks(session, pending, [client]);
      return;
    }
    this.#dropped.set(client, why);
    this.#start.gaveUp(client, why);
    const worker = session.member?.worker;
    this.#warn(`client ${client} of worker ${worker ?? ''} is not asked any more: ${why}`, {
      worker,
      client,
    });
    this.#ask(pending, pending.giveUp(client, why));
    if (session.member?.clients.every((one) => this.#dropped.has(one))) {
      const sentence = 'too many updates of this worker were refused';
      this.#start.connections.turnAway(session, 'dropped', sentence);
    }
    this.#start.settled();
  }

  /** Sends these clients' tasks to those workers that are here. */
  #ask(pending: Round, clients: readonly number[]): void {
    for (const [session, own] of this.#start.connections.byOwner(clients)) {
      this.#sendTasks(session, pending, own);
    }
  }

  #sendTasks(session: Session, pending: Round, clients: readonly number[]): void {
    if (session.held === undefined) return;
    for (const task of pending.tasksFor(clients, session.held)) this.#start.connections.send(session, task);
  }

  /** The next round that a client may submit to. */
  #nextFor(client: number): number {
    const pending = this.#pending;
    if (pending === undefined) return this.#start.rounds() + 1;
    return pending.awaited(client) === undefined ? pending.number + 1 : pending.number;
  }

  #warn(sentence: string, fields?: object): void {
    this.#start.emit({ kind: 'log', level: 'warn', sentence, ...(fields && { fields }) });
  }
}
