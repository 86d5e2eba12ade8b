/**
 * Who is connected and how far each has come: hello, welcome, ready, signs of life, goodbye. Who a worker is becomes
 * durable before it is told. What workers then do in the run is the coordinator's.
 */
import {
  ProtocolError,
  type CloseReason,
  type MessageOf,
  type ToCoordinator,
  type ToWorker,
} from '../protocol/index.js';
import type { Federation } from '../recipe/index.js';
import type { CoordinatorEffect, CoordinatorEvent } from './events.js';
import { ClientAssignments } from './client-assignments.js';
import { Handshake } from './handshake.js';
import type { RegisteredWorker, WorkerRegistry } from './worker-registry.js';
import { orderly } from './orderly.js';
import { Sessions, type Session } from './sessions.js';
import type { CoordinatorSettings } from './settings.js';
import type { Missing } from './wait-log.js';
import { HeldVectors } from './vectors.js';

/** What the run is doing, as far as those who come need to hear of it; and what it does with what they say. */
export interface RunCallbacks {
  /** Nothing is taken any more, and nobody let in. */
  isOver(): boolean;
  /** Of these clients. */
  standing(clients: readonly number[]): Pick<MessageOf<'welcome'>, 'round' | 'durable' | 'commits'>;
  /** Where a client's worker lost what it kept: the first round that builds on nothing of it. */
  lostFrom(client: number): number | undefined;
  /** The worker is ready, and what is known of it is durable: it can be given work. */
  takesPart(session: Session, member: RegisteredWorker): void;
  /** A message of a worker that takes part. @throws ProtocolError where the worker is to be turned away */
  work(session: Session, member: RegisteredWorker, message: ToCoordinator): void;
}

/** How a worker that has clients stands. */
export interface WorkerStatus {
  readonly worker: string;
  readonly clients: number;
  readonly isConnected: boolean;
}

export class ConnectionManager {
  readonly #handshake: Handshake;
  readonly #assignments: ClientAssignments;
  readonly #sessions = new Sessions();
  /** The version of the members that is on disk. */
  #durable: number;
  #isWriting = false;
  #tickedAt = Infinity;

  constructor(
    federation: Federation,
    readonly settings: CoordinatorSettings,
    readonly members: WorkerRegistry,
    readonly run: RunCallbacks,
    readonly emit: (effect: CoordinatorEffect) => void,
  ) {
    this.#assignments = new ClientAssignments(members, settings.workers);
    this.#handshake = new Handshake(federation, settings, members);
    this.#durable = members.record.version;
  }

  get count(): number {
    return this.#sessions.all().length;
  }

  /** Those that take part now. */
  get present(): readonly Session[] {
    return this.#sessions.ready();
  }

  /** All workers that were given clients, connected or not. */
  get workers(): WorkerStatus[] {
    return this.members.record.members.map(({ worker, clients }) => ({
      worker,
      clients: clients.length,
      isConnected: this.presentOf(worker) !== undefined,
    }));
  }

  /** The session of a worker that takes part now. */
  presentOf(worker: string): Session | undefined {
    const session = this.#sessions.ofWorker(worker);
    return session?.stage === 'ready' ? session : undefined;
  }

  /** Whether everything that is known of the members is on disk. */
  get isDurable(): boolean {
    return this.#durable >= this.members.record.version;
  }

  /** All connections, with whose they are as far as that is known. */
  get all(): readonly Session[] {
    return this.#sessions.all();
  }

  send({ connection }: Session, message: ToWorker): void {
    this.emit({ kind: 'send', connection, message });
  }

  isOpen({ connection }: Session): boolean {
    return this.#sessions.get(connection) !== undefined;
  }

  begin(): void {
    this.emit({ kind: 'setTimer', name: 'heartbeat', afterMs: this.#tickMs });
  }

  /** Does what of an event concerns connections; what workers that take part say is handed to the run. */
  handle(event: CoordinatorEvent, now: number): void {
    if (event.kind === 'connected') this.#sessions.open(event.connection, now);
    else if (event.kind === 'heard') this.#heard(event.connection, now);
    else if (event.kind === 'message') {
      const session = this.#heard(event.connection, now);
      if (session) this.#receive(session, event.message);
    } else if (event.kind === 'broken') {
      const session = this.#sessions.get(event.connection);
      if (session) this.turnAway(session, event.reason, event.sentence);
    } else if (event.kind === 'closed') this.#closed(event.connection);
    else if (event.kind === 'workersPersisted') this.#workersPersisted(event.version);
    else if (event.kind === 'timer' && event.name === 'heartbeat') this.#tick(now);
  }

  /** A sign of life. @returns the session, where it is not over */
  #heard(connection: number, now: number): Session | undefined {
    const session = this.#sessions.get(connection);
    if (session) session.heardAt = now;
    return session;
  }

  #closed(connection: number): void {
    const session = this.#close(connection);
    if (session?.stage !== 'ready' || session.member === undefined) return;
    this.#log('warn', `worker ${session.member.worker} has gone`, { worker: session.member.worker });
  }

  #receive(session: Session, message: ToCoordinator): void {
    try {
      if (message.kind === 'ping') this.send(session, { kind: 'pong', id: message.id });
      else if (this.run.isOver() || message.kind === 'pong') return;
      else if (message.kind === 'goodbye') this.#goodbye(session, message);
      else if (message.kind === 'hello') this.#hello(session, message);
      else if (message.kind === 'ready') this.#ready(session, message);
      else if (session.stage !== 'ready' || session.member === undefined) {
        throw new ProtocolError(
          'unexpected',
          `a message '${message.kind}' came before the handshake was over`,
        );
      } else this.run.work(session, session.member, message);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.turnAway(session, error.reason, error.message);
    }
  }

  /** Why a worker leaves, said once: its own log may be where nobody looks. */
  #goodbye(session: Session, { reason, sentence }: MessageOf<'goodbye'>): void {
    if (session.member === undefined || session.hasSaidGoodbye) return;
    session.hasSaidGoodbye = true;
    const { worker } = session.member;
    const level = reason === 'goingAway' || reason === 'done' ? 'info' : 'warn';
    this.#log(level, `worker ${worker} leaves: ${sentence}`, { worker, reason });
  }

  /** @throws ProtocolError where the worker is to be turned away */
  #hello(session: Session, hello: MessageOf<'hello'>): void {
    if (session.stage !== 'new') throw new ProtocolError('unexpected', 'a second hello came');
    const allows = this.#handshake.check(hello);
    const member = this.#assignments.admit(hello, this.#isAway, allows);
    session.stage = 'greeted';
    session.held = new HeldVectors(hello.holds);
    session.pending = hello.pending;
    session.came = hello;
    const before = this.#sessions.bind(session, member);
    if (before) this.turnAway(before, 'replaced', 'the same worker has connected again');
    this.#persist(session);
  }

  /**
   * The worker has made everything of the recipe, and keeps who it is.
   * @throws ProtocolError where it is to be turned away
   */
  #ready(session: Session, { hashes }: MessageOf<'ready'>): void {
    const { member } = session;
    if (session.stage !== 'welcomed' || member === undefined) {
      throw new ProtocolError('unexpected', "a message 'ready' came before the welcome");
    }
    const mismatch = this.#handshake.compare(member, hashes);
    if (mismatch && session.wasCorrected) {
      throw new ProtocolError('recipeDiffers', 'the worker did not take over what it was sent');
    }
    if (mismatch) {
      session.wasCorrected = true;
      this.send(session, mismatch);
      return;
    }
    this.#assignments.confirm(member.worker, this.#isAway, (client) => this.run.lostFrom(client));
    session.stage = 'confirmed';
    this.#persist(session);
  }

  #workersPersisted(version: number): void {
    this.#durable = Math.max(this.#durable, version);
    this.#isWriting = false;
    this.#write();
    for (const session of this.#sessions.all()) this.#goOn(session);
  }

  turnAway(session: Session, reason: CloseReason, sentence: string, retryAfterMs?: number): void {
    const { connection, member, stage } = session;
    // Of connections that are not trusted yet the host logs what it can bear: unauthenticated clients may cause any number of lines.
    const isTrusted = stage !== 'new' && stage !== 'greeted';
    const fields = { connection, reason, ...(member && { worker: member.worker }) };
    if (!orderly.has(reason)) {
      const who = member ? `worker ${member.worker}` : 'a connection';
      if (isTrusted) this.#log('warn', `${who} is turned away: ${sentence}`, fields);
      this.emit({ kind: 'count', what: 'turnedAway', worker: member?.worker, reason });
    }
    const retry = retryAfterMs === undefined ? {} : { retryAfterMs };
    this.send(session, { kind: 'goodbye', reason, sentence: sentence.slice(0, 1000), ...retry });
    this.emit({ kind: 'close', connection, reason, sentence });
    this.#close(connection);
  }

  turnAllAway(reason: CloseReason, sentence: string, retryAfterMs?: number): void {
    for (const session of this.#sessions.all()) {
      this.turnAway(session, reason, sentence, retryAfterMs);
    }
  }

  /** How long from one tick to the next. */
  get #tickMs(): number {
    return this.settings.heartbeat.everyMs / 2;
  }

  /** Turns away who takes too long or is silent, and asks the others for a sign of life. */
  #tick(now: number): void {
    const { heartbeat, handshakeMs } = this.settings;
    // While this process stood still it heard nobody: what they sent is still to be read.
    const stoodMs = Math.max(0, now - this.#tickedAt - this.#tickMs);
    this.#tickedAt = now;
    for (const session of this.#sessions.all()) {
      session.since = Math.min(now, session.since + stoodMs);
      session.heardAt = Math.min(now, session.heardAt + stoodMs);
      if (session.stage !== 'ready' && now - session.since >= handshakeMs) {
        this.turnAway(session, 'slowHandshake', `the handshake took longer than ${handshakeMs} ms`);
      } else if (now - session.heardAt >= heartbeat.timeoutMs) {
        this.turnAway(session, 'silent', `nothing was heard for ${heartbeat.timeoutMs} ms`);
      } else if (session.stage === 'ready' && now - this.#livelyAt(session) >= heartbeat.everyMs) {
        session.pingedAt = now;
        this.send(session, { kind: 'ping', id: Math.floor(now) });
      }
    }
    if (!this.run.isOver()) this.begin();
  }

  /** Who was heard of just now need not be asked: workers ping by themselves, and are answered. */
  #livelyAt({ heardAt, pingedAt }: Session): number {
    return Math.max(heardAt, pingedAt);
  }

  /** Clients that are waited for, with what is known of their workers. */
  missing(clients: Iterable<number>): Missing[] {
    return Array.from(clients, (client) => {
      const name = this.members.names?.[client] ?? String(client);
      const worker = this.members.ownerOf(client)?.worker;
      if (worker === undefined) return { name, isHere: false, why: 'no worker has it' };
      const isHere = this.presentOf(worker) !== undefined;
      return { name, isHere, why: isHere ? `at worker ${worker}` : `worker ${worker} is not connected` };
    });
  }

  /** Clients by the ready session of the worker that they belong to; those that nobody here has are left out. */
  byOwner(clients: Iterable<number>): Map<Session, number[]> {
    const groups = new Map<Session, number[]>();
    for (const client of clients) {
      const worker = this.members.ownerOf(client)?.worker;
      const session = worker === undefined ? undefined : this.presentOf(worker);
      if (session === undefined) continue;
      const group = groups.get(session);
      if (group) group.push(client);
      else groups.set(session, [client]);
    }
    return groups;
  }

  /** What the session goes on with must be durable first. */
  #persist(session: Session): void {
    session.needs = this.members.record.version;
    this.#write();
    this.#goOn(session);
  }

  /** One at a time: whoever comes meanwhile is in the next. */
  #write(): void {
    if (this.isDurable || this.#isWriting) return;
    this.#isWriting = true;
    this.emit({ kind: 'persistWorkers', members: this.members.record });
  }

  #goOn(session: Session): void {
    const { stage, member, needs, connection } = session;
    if (member === undefined || needs > this.#durable) return;
    if (stage === 'greeted') {
      session.stage = 'welcomed';
      this.emit({ kind: 'trust', connection });
      this.send(session, this.#handshake.welcome(member, this.run.standing(member.clients)));
    } else if (stage === 'confirmed') {
      session.stage = 'ready';
      const { worker, clients } = member;
      this.#log('info', `worker ${worker} is here`, { worker, clients: clients.length });
      this.run.takesPart(session, member);
    }
  }

  #close(connection: number): Session | undefined {
    const session = this.#sessions.close(connection);
    const worker = session?.member?.worker;
    if (worker !== undefined && this.#isAway(worker)) this.#assignments.release(worker);
    return session;
  }

  readonly #isAway = (worker: string) => this.#sessions.ofWorker(worker) === undefined;

  #log(level: 'info' | 'warn', sentence: string, fields?: object): void {
    this.emit({ kind: 'log', level, sentence, ...(fields && { fields }) });
  }
}
