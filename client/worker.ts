/**
 * A worker, without input and output: told what happens, it says what is to be done. It hosts any number of clients;
 * training is an effect, so that heartbeats never wait for it. It keeps who it is, what its clients have, and
 * answers that are not accepted yet; connections come and go.
 */
import { ConnectionError, RunFailedError } from '../errors/index.js';
import { closeCodes, type CloseReason, type MessageOf, type ToCoordinator } from '../protocol/index.js';
import type { Identity, StoredState, WorkerEffect, WorkerEvent } from './events.js';
import { GossipSession, type GossipChecks } from './gossip/gossip-session.js';
import { Link, type LinkMessage } from './link.js';
import { clientsOf } from './standing.js';
import type { TaskValidator } from './task-validator.js';
import { TaskRunner } from './task-runner.js';

export interface WorkerSettings {
  /** What a hello says besides who the worker was. */
  readonly hello: Pick<
    MessageOf<'hello'>,
    'software' | 'host' | 'credential' | 'engine' | 'plugins' | 'claim' | 'encodings' | 'listen'
  >;
  /** How many tasks are given out at a time. */
  readonly threads: number;
  /** Names the stream that reconnecting waits by. */
  readonly entropy: number;
}

export interface WorkerStart {
  readonly settings: WorkerSettings;
  readonly validator: TaskValidator;
  readonly identity?: Identity | undefined;
  readonly states?: readonly StoredState[];
  /** Rounds after which its gossip nodes are kept. */
  readonly rounds?: readonly number[];
  readonly checks: GossipChecks;
}

export class Worker {
  readonly #link: Link;
  readonly #tasks: TaskRunner;
  readonly #gossipSession: GossipSession;
  #identity: Identity | undefined;
  #isIdentityDurable: boolean;
  #hashes: MessageOf<'ready'>['hashes'] | undefined;
  /** Numbers what is being prepared: what was for an earlier connection may still come, and does not count. */
  #preparation = 0;
  /** Whether the coordinator has answered that the worker is ready. */
  #takesPart = false;
  #over = false;
  #effects: WorkerEffect[] = [];

  constructor({ settings, validator, identity, states, rounds = [], checks }: WorkerStart) {
    this.#identity = identity;
    this.#isIdentityDurable = identity !== undefined;
    const emit = (effect: WorkerEffect) => {
      this.#do(effect);
    };
    const send = (message: ToCoordinator) => {
      this.#link.send(message);
    };
    this.#tasks = new TaskRunner({ threads: settings.threads, states, validator, send, emit });
    this.#gossipSession = new GossipSession({
      checkpoints: rounds,
      identity: () => this.#identity,
      send,
      emit: (effect) => {
        emit({ kind: 'nodes', effect });
      },
      emitToPeer: (effect) => {
        emit({ kind: 'peer', effect });
      },
      checks,
      log: (sentence) => {
        emit({ kind: 'log', level: 'warn', sentence });
      },
    });
    this.#link = new Link(settings.entropy, emit, {
      hello: () => ({
        kind: 'hello',
        ...settings.hello,
        ...(this.#identity && { resume: this.#identity }),
        ...this.#tasks.greeting(),
        ...this.#gossipSession.standing,
      }),
      progress: () => this.#tasks.progress,
      receive: (message) => {
        this.#receive(message);
      },
      tick: (now, timeoutMs) => {
        this.#gossipSession.tick(now, timeoutMs);
      },
      closed: (reason, sentence) => {
        this.#closed(reason, sentence);
      },
      unreachable: (sentence) => {
        this.#exit(true, sentence, new ConnectionError(sentence));
      },
    });
  }

  /** Begins. To be called once, before any event. @param now a clock in milliseconds that never goes back */
  start(now: number): WorkerEffect[] {
    return this.#act(() => {
      this.#link.begin(now);
    });
  }

  handle(event: WorkerEvent, now: number): WorkerEffect[] {
    return this.#act(() => {
      // Also of what was to be done at the end.
      if (event.kind === 'hostFailed') this.#hostFailed(event.error);
      if (this.#over) return;
      switch (event.kind) {
        case 'connected':
        case 'unconnected':
        case 'closed':
        case 'message':
        case 'heard':
        case 'timer':
          this.#link.handle(event, now);
          break;
        case 'prepared':
          if (event.preparation !== this.#preparation) break;
          this.#hashes = event.hashes;
          this.#becomeReady();
          break;
        case 'unprepared':
          this.#link.leave(event.reason, event.sentence);
          this.#exit(true, event.sentence);
          break;
        case 'identityPersisted':
          this.#isIdentityDurable = true;
          this.#becomeReady();
          break;
        case 'trained':
        case 'failed':
        case 'statePersisted':
          this.#tasks.handle(event);
          break;
        case 'evaluated':
          // Asked for on an earlier connection, it may come before this one's handshake is over: it is asked again.
          if (this.#takesPart) this.#tasks.handle(event);
          break;
        case 'nodes':
          this.#gossipSession.handle(event.event);
          break;
        case 'peer':
          this.#gossipSession.handlePeer(event.event, now);
          break;
        case 'hostFailed':
          break;
        case 'interrupt':
          this.#link.leave('goingAway', 'The worker is shutting down.');
          this.#exit(false, 'stopped; the same command goes on', undefined, true);
      }
    });
  }

  #act(act: () => void): WorkerEffect[] {
    this.#effects = [];
    act();
    return this.#effects;
  }

  #do(effect: WorkerEffect): void {
    this.#effects.push(effect);
  }

  /** @throws ProtocolError where the message is not what a coordinator says */
  #receive(message: LinkMessage): void {
    switch (message.kind) {
      case 'welcome':
        this.#welcomed(message);
        break;
      case 'mismatch':
        this.#do({ kind: 'adopt', preparation: ++this.#preparation, mismatch: message });
        break;
      case 'goodbye':
        if (message.reason === 'done') this.#leave(message.sentence);
        break;
      case 'committed':
        this.#takesPart = true;
        this.#tasks.receive(message);
        break;
      case 'task':
      case 'cancel':
      case 'accepted':
      case 'refused':
      case 'evaluate':
        this.#tasks.receive(message);
        break;
      default:
        this.#gossipSession.receive(message);
    }
  }

  // Its part in a run, from the welcome to the end

  #welcomed(welcome: MessageOf<'welcome'>): void {
    const { run, worker, secret } = welcome;
    const clients = clientsOf(welcome);
    this.#tasks.welcomed(welcome, clients);
    if (this.#identity?.run !== run || this.#identity.worker !== worker) {
      this.#identity = { run, worker, secret };
      this.#isIdentityDurable = false;
      this.#do({ kind: 'persistIdentity', identity: this.#identity });
    }
    this.#do({
      kind: 'prepare',
      preparation: ++this.#preparation,
      welcome,
      clients,
    });
  }

  /** Ready once everything is made, and who the worker is cannot be lost. */
  #becomeReady(): void {
    if (!this.#link.isOpen || this.#hashes === undefined || !this.#isIdentityDurable) return;
    if (this.#link.becomeReady()) {
      this.#do({ kind: 'log', level: 'info', sentence: `worker ${this.#identity?.worker ?? ''} takes part` });
    }
    this.#link.send({ kind: 'ready', hashes: this.#hashes });
  }

  #closed(reason: CloseReason | undefined, sentence: string): void {
    const tookPart = this.#takesPart;
    this.#takesPart = false;
    this.#hashes = undefined;
    this.#preparation++;
    this.#tasks.disconnected();
    this.#gossipSession.disconnected();
    if (reason === 'wrongRun' && this.#identity !== undefined) {
      // Another run is served here now: take part in that one.
      this.#identity = undefined;
      this.#isIdentityDurable = false;
      this.#tasks.clear();
      this.#gossipSession.clear();
    } else if (reason === 'done') {
      this.#leave(sentence);
      return;
    } else if (reason === 'diverged' || reason === 'runFailed' || reason === 'unreachable') {
      this.#exit(true, sentence, new RunFailedError(sentence, reason));
      return;
    } else if (reason === 'replaced' && !tookPart) {
      // By what this worker had sent on an earlier connection, or as an earlier process.
    } else if (reason !== undefined && !closeCodes[reason].retry) {
      this.#exit(true, sentence);
      return;
    }
    if (this.#link.again(sentence)) return;
    const lost = `${sentence}; nothing was heard of the coordinator for an hour: the same command goes on`;
    this.#exit(true, lost, new ConnectionError(lost));
  }

  /** The run is over. It is forgotten before the connection closes, which tells the coordinator that it is. */
  #leave(sentence: string): void {
    this.#do({ kind: 'forgetRun' });
    this.#do({ kind: 'close', reason: 'done', sentence: 'The worker has ended.' });
    this.#exit(false, sentence);
  }

  /** Without what it could not keep, the worker cannot take part: it ends, and the coordinator hears why. */
  #hostFailed(error: Error): void {
    this.#do({ kind: 'log', level: 'warn', sentence: `the worker has failed: ${error.message}` });
    this.#link.leave('failed', error.message.slice(0, 1000));
    this.#exit(true, error.message, error);
  }

  #exit(isFailure: boolean, sentence: string, error?: Error, wasInterrupted?: true): void {
    this.#over = true;
    this.#link.stop();
    this.#do({
      kind: 'exit',
      isFailure,
      sentence,
      ...(error && { error }),
      ...(wasInterrupted && { wasInterrupted }),
    });
  }
}
