/**
 * A worker, without input and output: told what happens, it says what is to be done. It hosts any number of clients;
 * training is an effect, so that heartbeats never wait for it. It keeps who it is, what its clients have, and
 * answers that are not accepted yet; connections come and go.
 */
import { stream, type Stream } from '../numerics/index.js';
import {
  closeCodes,
  ProtocolError,
  type CloseReason,
  type MessageOf,
  type ToCoordinator,
  type ToWorker,
} from '../protocol/index.js';
import type { Identity, StoredState, WorkerEffect, WorkerEvent } from './events.js';
import { GossipDesk } from './gossip/desk.js';
import { TrainingDesk } from './training-desk.js';

export interface WorkerSettings {
  /** What a hello says besides who the worker was. */
  readonly hello: Pick<
    MessageOf<'hello'>,
    'software' | 'credential' | 'engine' | 'plugins' | 'claim' | 'encodings' | 'listen'
  >;
  /** How many tasks are given out at a time. */
  readonly threads: number;
  /** Names the stream that reconnecting waits by. */
  readonly entropy: number;
}

export interface WorkerStart {
  readonly settings: WorkerSettings;
  readonly identity?: Identity | undefined;
  readonly states?: readonly StoredState[];
  /** Rounds after which its gossip nodes are kept. */
  readonly rounds?: readonly number[];
}

/** Waits before a further attempt to connect: doubling from the first to the longest, each by a random half. */
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 15_000;
/** A coordinator of which nothing was heard for so long is not waited for any more. */
const GIVE_UP_MS = 3_600_000;

export class Worker {
  readonly #settings: WorkerSettings;
  readonly #training: TrainingDesk;
  readonly #gossip: GossipDesk;
  readonly #draw: Stream;
  #identity: Identity | undefined;
  #isIdentityDurable: boolean;
  #welcome: MessageOf<'welcome'> | undefined;
  #hashes: MessageOf<'ready'>['hashes'] | undefined;
  /** Numbers what is being prepared: what was for an earlier connection may still come, and does not count. */
  #preparation = 0;
  #link: 'down' | 'connecting' | 'greeting' | 'ready' = 'down';
  /** Whether the coordinator has answered that the worker is ready. */
  #takesPart = false;
  /** What a goodbye said: why the connection will close. */
  #farewell: MessageOf<'goodbye'> | undefined;
  #failures = 0;
  #heardAt = 0;
  #over = false;
  #now = 0;
  #effects: WorkerEffect[] = [];

  constructor({ settings, identity, states, rounds = [] }: WorkerStart) {
    this.#settings = settings;
    this.#identity = identity;
    this.#isIdentityDurable = identity !== undefined;
    this.#draw = stream(settings.entropy, 'reconnect');
    this.#training = new TrainingDesk({
      threads: settings.threads,
      states,
      send: (message) => {
        this.#send(message);
      },
      emit: (effect) => {
        this.#do(effect);
      },
    });
    this.#gossip = new GossipDesk({
      checkpoints: rounds,
      identity: () => this.#identity,
      send: (message) => {
        this.#send(message);
      },
      emit: (effect) => {
        this.#do({ kind: 'nodes', effect });
      },
      emitToPeer: (effect) => {
        this.#do({ kind: 'peer', effect });
      },
    });
  }

  /** Begins. To be called once, before any event. @param now a clock in milliseconds that never goes back */
  start(now: number): WorkerEffect[] {
    return this.#act(now, () => {
      this.#heardAt = now;
      this.#connect();
    });
  }

  handle(event: WorkerEvent, now: number): WorkerEffect[] {
    return this.#act(now, () => {
      if (this.#over) return;
      switch (event.kind) {
        case 'connected':
          this.#greet();
          break;
        case 'closed':
          this.#closed(event.code, event.sentence);
          break;
        case 'message':
          this.#heardAt = now;
          this.#receive(event.message);
          break;
        case 'heard':
          this.#heardAt = now;
          break;
        case 'timer':
          if (event.name === 'reconnect') this.#connect();
          else this.#beat();
          break;
        case 'prepared':
          if (event.preparation !== this.#preparation) break;
          this.#hashes = event.hashes;
          this.#becomeReady();
          break;
        case 'unprepared':
          this.#do({
            kind: 'send',
            message: { kind: 'goodbye', reason: event.reason, sentence: event.sentence },
          });
          this.#do({ kind: 'close', reason: event.reason, sentence: event.sentence });
          this.#exit(true, event.sentence);
          break;
        case 'identityPersisted':
          this.#isIdentityDurable = true;
          this.#becomeReady();
          break;
        case 'trained':
        case 'failed':
        case 'statePersisted':
          this.#training.handle(event);
          break;
        case 'evaluated':
          // Asked for on an earlier connection, it may come before this one's handshake is over: it is asked again.
          if (this.#takesPart) this.#training.handle(event);
          break;
        case 'nodes':
          this.#gossip.handle(event.event);
          break;
        case 'peer':
          this.#gossip.handlePeer(event.event, now);
          break;
        case 'interrupt':
          this.#send({ kind: 'goodbye', reason: 'goingAway', sentence: 'The worker is shutting down.' });
          this.#do({ kind: 'close', reason: 'goingAway', sentence: 'The worker is shutting down.' });
          this.#exit(false, 'stopped; the same command goes on');
      }
    });
  }

  #act(now: number, act: () => void): WorkerEffect[] {
    this.#now = now;
    this.#effects = [];
    act();
    return this.#effects;
  }

  #do(effect: WorkerEffect): void {
    this.#effects.push(effect);
  }

  #send(message: ToCoordinator): void {
    if (this.#link === 'greeting' || this.#link === 'ready') this.#do({ kind: 'send', message });
  }

  #exit(isFailure: boolean, sentence: string): void {
    this.#over = true;
    this.#do({ kind: 'clearTimer', name: 'heartbeat' });
    this.#do({ kind: 'clearTimer', name: 'reconnect' });
    this.#do({ kind: 'exit', isFailure, sentence });
  }

  // The connection

  #connect(): void {
    this.#link = 'connecting';
    this.#farewell = undefined;
    this.#do({ kind: 'connect' });
  }

  #greet(): void {
    if (this.#link !== 'connecting') return;
    this.#link = 'greeting';
    this.#heardAt = this.#now;
    this.#send({
      kind: 'hello',
      ...this.#settings.hello,
      ...(this.#identity && { resume: this.#identity }),
      ...this.#training.greeting(),
      ...this.#gossip.standing,
    });
    this.#do({ kind: 'setTimer', name: 'heartbeat', afterMs: this.#beatMs });
  }

  #closed(code: number, sentence: string): void {
    const tookPart = this.#takesPart;
    this.#takesPart = false;
    this.#link = 'down';
    this.#welcome = undefined;
    this.#hashes = undefined;
    this.#preparation++;
    this.#training.disconnected();
    this.#gossip.disconnected();
    this.#do({ kind: 'clearTimer', name: 'heartbeat' });
    const reason = this.#farewell?.reason ?? reasonOf(code);
    const said = this.#farewell?.sentence ?? sentence;
    if (reason === 'wrongRun' && this.#identity !== undefined) {
      // Another run is served here now: take part in that one.
      this.#identity = undefined;
      this.#isIdentityDurable = false;
      this.#training.clear();
      this.#gossip.clear();
    } else if (reason === 'done') {
      this.#leave(said);
      return;
    } else if (reason === 'replaced' && !tookPart) {
      // By what this worker had sent on an earlier connection, or as an earlier process.
    } else if (reason !== undefined && !closeCodes[reason].retry) {
      this.#exit(true, said);
      return;
    }
    if (this.#now - this.#heardAt >= GIVE_UP_MS) {
      this.#exit(true, `${said}; nothing was heard of the coordinator for an hour: the same command goes on`);
      return;
    }
    const longest = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, LONGEST_WAIT_MS);
    this.#failures++;
    const least = this.#farewell?.retryAfterMs ?? 0;
    const afterMs = Math.max(least, longest * (0.5 + 0.5 * this.#draw()));
    this.#do({
      kind: 'log',
      level: 'warn',
      sentence: `no connection: ${said}; trying again in ${(afterMs / 1000).toFixed(1)} s`,
    });
    this.#do({ kind: 'setTimer', name: 'reconnect', afterMs });
  }

  #dismissed(goodbye: MessageOf<'goodbye'>): void {
    this.#farewell = goodbye;
    if (goodbye.reason === 'done') this.#leave(goodbye.sentence);
  }

  /** The run is over. It is forgotten before the connection closes, which tells the coordinator that it is. */
  #leave(sentence: string): void {
    this.#do({ kind: 'forgetRun' });
    this.#do({ kind: 'close', reason: 'done', sentence: 'The worker has ended.' });
    this.#exit(false, sentence);
  }

  #drop(reason: CloseReason, sentence: string): void {
    this.#do({ kind: 'close', reason, sentence });
    this.#closed(closeCodes.silent.code, sentence);
  }

  get #beatMs(): number {
    const { everyMs } = this.#welcome?.heartbeat ?? UNTOLD;
    return everyMs * (0.8 + 0.2 * this.#draw());
  }

  #beat(): void {
    if (this.#link === 'down' || this.#link === 'connecting') return;
    const { timeoutMs } = this.#welcome?.heartbeat ?? UNTOLD;
    if (this.#now - this.#heardAt >= timeoutMs) {
      this.#drop('silent', `nothing was heard for ${timeoutMs} ms`);
      return;
    }
    this.#gossip.tick(this.#now, timeoutMs);
    if (this.#link === 'ready')
      this.#send({ kind: 'ping', id: Math.floor(this.#now), progress: this.#training.progress });
    this.#do({ kind: 'setTimer', name: 'heartbeat', afterMs: this.#beatMs });
  }

  #receive(message: ToWorker): void {
    if (this.#link !== 'greeting' && this.#link !== 'ready') return;
    try {
      if (message.kind === 'ping')
        this.#send({ kind: 'pong', id: message.id, progress: this.#training.progress });
      else if (message.kind === 'goodbye') this.#dismissed(message);
      else if (message.kind === 'pong') return;
      else if (message.kind === 'welcome') this.#welcomed(message);
      else if (message.kind === 'mismatch')
        this.#do({ kind: 'adopt', preparation: ++this.#preparation, mismatch: message });
      else if (this.#link !== 'ready') {
        throw new ProtocolError(
          'unexpected',
          `a message '${message.kind}' came before the handshake was over`,
        );
      } else this.#work(message);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#do({ kind: 'log', level: 'warn', sentence: error.message });
      this.#drop(error.reason, error.message);
    }
  }

  #work(message: ToWorker): void {
    switch (message.kind) {
      case 'committed':
        this.#takesPart = true;
        this.#training.receive(message);
        break;
      case 'task':
      case 'cancel':
      case 'accepted':
      case 'refused':
      case 'evaluate':
        this.#training.receive(message);
        break;
      default:
        this.#gossip.receive(message);
    }
  }

  #welcomed(welcome: MessageOf<'welcome'>): void {
    if (this.#welcome !== undefined) throw new ProtocolError('unexpected', 'a second welcome came');
    this.#welcome = welcome;
    const { run, worker, secret } = welcome;
    this.#training.welcomed(welcome);
    if (this.#identity?.run !== run || this.#identity.worker !== worker) {
      this.#identity = { run, worker, secret };
      this.#isIdentityDurable = false;
      this.#do({ kind: 'persistIdentity', identity: this.#identity });
    }
    this.#do({
      kind: 'prepare',
      preparation: ++this.#preparation,
      welcome,
      clients: numbersOf(welcome.clients),
    });
  }

  /** Ready once everything is made, and who the worker is cannot be lost. */
  #becomeReady(): void {
    if (this.#link === 'down' || this.#link === 'connecting') return;
    if (this.#hashes === undefined || !this.#isIdentityDurable) return;
    if (this.#link === 'greeting') {
      this.#link = 'ready';
      this.#failures = 0;
      this.#do({ kind: 'log', level: 'info', sentence: `worker ${this.#identity?.worker ?? ''} takes part` });
    }
    this.#send({ kind: 'ready', hashes: this.#hashes });
  }
}

/** Before the welcome says. */
const UNTOLD = { everyMs: 5_000, timeoutMs: 60_000 };

const reasonOf = (code: number) =>
  (Object.keys(closeCodes) as CloseReason[]).find((reason) => closeCodes[reason].code === code);

function numbersOf(ranges: readonly (readonly [number, number])[]): number[] {
  return ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
}
