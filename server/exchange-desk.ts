/**
 * What clients are asked in the exchange under way, and what comes of it: tasks go to the workers that are here, updates
 * are judged, and who fails is asked again or given up.
 */
import type { FederatedAlgorithm } from '../algorithms/index.js';
import type { Exchange } from '../hosting/index.js';
import { ProtocolError, type MessageOf, type ToCoordinator } from '../protocol/index.js';
import type { Federation } from '../recipe/index.js';
import { isAmong } from './client-ranges.js';
import type { Connections } from './connections.js';
import type { Counted } from './counted.js';
import type { CoordinatorEffect } from './events.js';
import { judge } from './judge.js';
import type { Member } from './members.js';
import { Round } from './round.js';
import type { Session } from './sessions.js';

export interface DeskStart {
  readonly federation: Federation;
  readonly algorithm: FederatedAlgorithm;
  readonly normBound: number | undefined;
  readonly connections: Connections;
  readonly counted: Counted;
  /** Clients that are not asked any more, and why. */
  readonly dropped: ReadonlyMap<number, string> | undefined;
  /** How many exchanges are over. */
  readonly exchanges: () => number;
  /** Told of a client that is not asked any more. */
  readonly gaveUp: (client: number, why: string) => void;
  /** Told when an answer was taken or a client given up: the exchange may be complete. */
  readonly settled: () => void;
  readonly emit: (effect: CoordinatorEffect) => void;
}

/** An update is asked for so often before its client is given up. */
const ATTEMPTS = 3;

export class ExchangeDesk {
  readonly #start: DeskStart;
  readonly #dropped: Map<number, string>;
  #round: Round | undefined;
  #before: Round | undefined;
  /** Answers that came when the exchange under way had all of its own, and could not end yet. */
  readonly #early: { readonly session: Session; readonly message: MessageOf<'update' | 'failed'> }[] = [];

  constructor(start: DeskStart) {
    this.#start = start;
    this.#dropped = new Map(start.dropped);
  }

  /** The exchange under way. */
  get round(): Round | undefined {
    return this.#round;
  }

  get dropped(): ReadonlyMap<number, string> {
    return this.#dropped;
  }

  /** An exchange begins. */
  open(exchange: Exchange): void {
    const before = this.#before;
    const round = new Round(exchange, this.#dropped, before);
    this.#round = round;
    // Who is still training for an earlier one knows it.
    this.#ask(round, before ? round.asked : [...round.waiting]);
    for (const { session, message } of this.#early.splice(0)) {
      if (session.member === undefined || !this.#start.connections.isOpen(session)) continue;
      this.receive(session, session.member, message);
    }
  }

  /** The exchange is over. */
  close(): void {
    this.#before = this.#round;
    this.#round = undefined;
  }

  /** A worker that has come does not go on with what is not awaited any more. */
  cancelOld(session: Session): void {
    for (const { exchange: start, client } of session.pending) {
      if (this.#round?.awaited(client)?.start === start) continue;
      this.#start.connections.send(session, { kind: 'cancel', exchange: start, clients: [client] });
    }
  }

  /** Asks a worker that has come for all that is awaited of it. */
  giveWork(session: Session, { clients }: Member): void {
    const round = this.#round;
    if (round === undefined) return;
    this.#sendTasks(
      session,
      round,
      clients.filter((client) => round.awaited(client)),
    );
  }

  /** @throws ProtocolError where the message has no place here */
  receive(session: Session, member: Member, message: ToCoordinator): void {
    if (message.kind === 'update') this.#update(session, member, message);
    else if (message.kind === 'failed') this.#failed(session, member, message);
    else throw new ProtocolError('unexpected', `a message '${message.kind}' has no place in this run`);
  }

  /** Where a client's worker lost what it kept: the first exchange that misses it; none where it kept nothing. */
  lostFrom(client: number): number | undefined {
    const isAccepted = this.#round?.accepted.has(client) ?? false;
    return isAccepted || this.#start.counted.hasAny(client) ? this.#nextFor(client) : undefined;
  }

  #update(session: Session, { worker, clients }: Member, update: MessageOf<'update'>): void {
    if (this.#isEarly(session, update)) return;
    const { exchange, client, attempt } = update;
    const { connections, emit, settled, exchanges, ...run } = this.#start;
    const round = this.#round;
    const judgement = judge(update, clients, { ...run, exchanges: exchanges(), round });
    if (judgement.kind === 'refused') {
      const { reason, sentence, isOwnFault } = judgement;
      const next = this.#nextFor(client);
      emit({ kind: 'count', what: 'refused', worker, reason });
      this.#warn(`update of worker ${worker} refused: ${sentence}`, {
        worker,
        client,
        round: exchange,
        reason,
      });
      connections.send(session, { kind: 'refused', exchange, client, attempt, reason, sentence, next });
      if (!isOwnFault || round === undefined) return;
      if (reason === 'notFinite') round.notFinite.add(client);
      this.#again(session, round, client, `its updates were refused: ${sentence}`);
      return;
    }
    if (judgement.kind === 'counts' && round) {
      const replacing = round.accept(client, judgement.answer);
      emit({ kind: 'count', what: 'accepted', worker });
      this.#ask(round, replacing);
    }
    connections.send(session, { kind: 'accepted', exchange, client, attempt });
    if (judgement.kind === 'counts') settled();
  }

  #failed(session: Session, { worker, clients }: Member, failure: MessageOf<'failed'>): void {
    if (this.#isEarly(session, failure)) return;
    const { client, exchange, attempt, sentence } = failure;
    const round = this.#round;
    const asked = round?.awaited(client);
    const current = round?.number ?? this.#start.exchanges();
    const isLater = exchange > current || (asked?.start === exchange && attempt > asked.attempt);
    if (isLater || !isAmong(clients, client)) {
      const sentence = `client ${client} is said to have failed in attempt ${attempt} of exchange ${exchange}, for which this worker was not asked`;
      throw new ProtocolError('unexpected', sentence);
    }
    if (round === undefined || asked?.start !== exchange || asked.attempt !== attempt) return;
    this.#start.emit({ kind: 'count', what: 'failed', worker });
    this.#warn(`client ${client} of worker ${worker} failed: ${sentence}`, {
      worker,
      client,
      round: exchange,
    });
    this.#again(session, round, client, `its update failed: ${sentence}`);
  }

  /** Whether what became of a task is kept for the next exchange: the one under way is full, and waits for an evaluation. */
  #isEarly(session: Session, message: MessageOf<'update' | 'failed'>): boolean {
    const round = this.#round;
    if (!round?.isComplete || round.awaited(message.client)?.start !== message.exchange) return false;
    this.#early.push({ session, message });
    return true;
  }

  /** Asks a client once more, or gives it up for good. */
  #again(session: Session, round: Round, client: number, why: string): void {
    round.askAgain(client);
    const asked = round.awaited(client);
    if (asked && asked.attempt < ATTEMPTS) {
      this.#sendTasks(session, round, [client]);
      return;
    }
    this.#dropped.set(client, why);
    this.#start.gaveUp(client, why);
    const worker = session.member?.worker;
    this.#warn(`client ${client} of worker ${worker ?? ''} is not asked any more: ${why}`, {
      worker,
      client,
    });
    this.#ask(round, round.giveUp(client, why));
    if (session.member?.clients.every((one) => this.#dropped.has(one))) {
      const sentence = 'too many updates of this worker were refused';
      this.#start.connections.turnAway(session, 'dropped', sentence);
    }
    this.#start.settled();
  }

  /** Sends these clients' tasks to those workers that are here. */
  #ask(round: Round, clients: readonly number[]): void {
    for (const [session, own] of this.#start.connections.byOwner(clients)) {
      this.#sendTasks(session, round, own);
    }
  }

  #sendTasks(session: Session, round: Round, clients: readonly number[]): void {
    if (session.held === undefined) return;
    for (const task of round.tasksFor(clients, session.held)) this.#start.connections.send(session, task);
  }

  /** The next exchange that a client may submit to. */
  #nextFor(client: number): number {
    const round = this.#round;
    if (round === undefined) return this.#start.exchanges() + 1;
    return round.awaited(client) === undefined ? round.number + 1 : round.number;
  }

  #warn(sentence: string, fields?: object): void {
    this.#start.emit({ kind: 'log', level: 'warn', sentence, ...(fields && { fields }) });
  }
}
