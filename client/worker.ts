/**
 * A worker, without input and output: told what happens, it says what is to be done. It hosts any number of clients;
 * training is an effect, so that heartbeats never wait for it. It keeps who it is, what its clients have, and
 * answers that are not accepted yet; connections come and go.
 */
import type { ModelSpec } from '../learning/index.js';
import { stream, type Stream } from '../numerics/index.js';
import {
  closeCodes,
  ProtocolError,
  type CloseReason,
  type MessageOf,
  type Tensor,
  type ToCoordinator,
  type ToWorker,
} from '../protocol/index.js';
import { ClientStates } from './client-states.js';
import type { Identity, StoredState, WorkerEffect, WorkerEvent } from './events.js';
import { GossipDesk } from './gossip/desk.js';
import { HeldVectors } from './held-vectors.js';
import { Tasks, type Task } from './tasks.js';

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
/** Trained answers that may wait for being accepted, for each thread: what bounds memory without a connection. */
const UNACCEPTED_PER_THREAD = 8;

export class Worker {
  readonly #settings: WorkerSettings;
  readonly #states: ClientStates;
  readonly #tasks = new Tasks();
  readonly #held = new HeldVectors();
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
    this.#states = new ClientStates(states);
    this.#draw = stream(settings.entropy, 'reconnect');
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
          this.#trained(event);
          break;
        case 'failed':
          this.#failed(event.ticket, event.sentence);
          break;
        case 'statePersisted': {
          const task = this.#tasks.byTicket(event.ticket);
          if (task?.state === 'persisting') this.#answered(task);
          break;
        }
        case 'evaluated':
          if (this.#link === 'ready') this.#send({ kind: 'evaluated', id: event.id, results: event.results });
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
    this.#held.reconnect();
    this.#send({
      kind: 'hello',
      ...this.#settings.hello,
      ...(this.#identity && { resume: this.#identity }),
      holds: this.#held.digests,
      pending: this.#tasks.pending,
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
    this.#tasks.disown();
    this.#gossip.disconnected();
    this.#do({ kind: 'clearTimer', name: 'heartbeat' });
    const reason = this.#farewell?.reason ?? reasonOf(code);
    const said = this.#farewell?.sentence ?? sentence;
    if (reason === 'wrongRun' && this.#identity !== undefined) {
      // Another run is served here now: take part in that one.
      this.#identity = undefined;
      this.#isIdentityDurable = false;
      this.#states.clear();
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
      this.#send({ kind: 'ping', id: Math.floor(this.#now), progress: this.#tasks.progress });
    this.#do({ kind: 'setTimer', name: 'heartbeat', afterMs: this.#beatMs });
  }

  #receive(message: ToWorker): void {
    if (this.#link !== 'greeting' && this.#link !== 'ready') return;
    try {
      if (message.kind === 'ping')
        this.#send({ kind: 'pong', id: message.id, progress: this.#tasks.progress });
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
      case 'task':
        this.#task(message);
        break;
      case 'cancel':
        this.#tasks.cancel(message.exchange, message.clients);
        this.#train();
        break;
      case 'accepted':
        this.#tasks.end(message.client, message.exchange, message.attempt);
        this.#train();
        break;
      case 'refused':
        this.#do({ kind: 'log', level: 'warn', sentence: `refused: ${message.sentence}` });
        this.#tasks.end(message.client, message.exchange, message.attempt);
        this.#train();
        break;
      case 'committed':
        this.#takesPart = true;
        this.#forget(this.#states.commit(message.commits, message.durable));
        break;
      case 'evaluate':
        this.#evaluate(message);
        break;
      default:
        this.#gossip.receive(message);
    }
  }

  #welcomed(welcome: MessageOf<'welcome'>): void {
    if (this.#welcome !== undefined) throw new ProtocolError('unexpected', 'a second welcome came');
    this.#welcome = welcome;
    const { run, worker, secret, exchange, commits, durable } = welcome;
    this.#forget(this.#states.stand(commits, durable, exchange));
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

  #forget(states: readonly StoredState[]): void {
    for (const { client, exchange } of states) this.#do({ kind: 'forgetState', client, exchange });
  }

  // Tasks

  #task({ exchange, to, sha256, tensors }: MessageOf<'task'>): void {
    const vectors = this.#held.take(exchange, sha256, tensors);
    for (const asked of to) {
      const message = {
        header: asked.header,
        vectors: Object.fromEntries(
          Object.entries(asked.vectors).map(([name, tensor]) => {
            const vector = vectors.get(tensor);
            if (vector === undefined)
              throw new ProtocolError('malformed', `the tensor '${tensor}' has no digest`);
            return [name, vector];
          }),
        ),
      };
      const base = this.#states.before(asked.client, exchange)?.exchange ?? 0;
      const task = this.#tasks.ask(exchange, asked, message, sha256, base);
      if (task.state === 'answered' || task.state === 'failed') this.#submit(task);
    }
    this.#train();
  }

  /** Gives out tasks while there are threads, and while not too many answers wait for being accepted. */
  #train(): void {
    const all = this.#tasks.all();
    const { threads } = this.#settings;
    let working = all.filter(({ state }) => state === 'training').length;
    const unaccepted = all.filter(({ state }) => state === 'answered' || state === 'persisting').length;
    for (const task of all) {
      if (working >= 2 * threads || working + unaccepted >= UNACCEPTED_PER_THREAD * threads) return;
      if (task.state !== 'waiting') continue;
      task.state = 'training';
      working++;
      const { ticket, client, exchange, message } = task;
      const clientState = this.#states.before(client, exchange)?.state;
      this.#do({ kind: 'train', ticket, client, exchange, message, clientState });
    }
  }

  #trained({ ticket, answer, tensors, clientState }: Extract<WorkerEvent, { kind: 'trained' }>): void {
    const task = this.#tasks.byTicket(ticket);
    if (task?.state === 'training') {
      const { header, samples, scalars } = answer;
      task.answer = { header, samples, scalars };
      task.tensors = tensors;
      if (clientState === undefined) this.#answered(task);
      else {
        const { client, exchange } = task;
        task.state = 'persisting';
        this.#states.propose({ client, exchange, state: clientState });
        this.#do({ kind: 'persistState', ticket, client, exchange, state: clientState });
      }
    }
    this.#train();
  }

  #failed(ticket: number, sentence: string): void {
    const task = this.#tasks.byTicket(ticket);
    if (task) {
      task.state = 'failed';
      task.sentence = sentence;
      this.#do({ kind: 'log', level: 'warn', sentence: `client ${task.client}: ${sentence}` });
      this.#submit(task);
    }
    this.#train();
  }

  #answered(task: Task): void {
    task.state = 'answered';
    this.#submit(task);
  }

  /** Sends what came of a task, where this connection has asked for it. */
  #submit({
    client,
    exchange,
    attempt,
    isAsked,
    answer,
    tensors: made = {},
    state,
    sentence = '',
  }: Task): void {
    if (!isAsked) return;
    if (state === 'failed') {
      this.#send({ kind: 'failed', exchange, client, attempt, sentence: sentence.slice(0, 1000) });
      return;
    }
    if (answer === undefined) return;
    const tensors = new Map<string, Tensor>();
    const vectors: Record<string, string> = {};
    for (const [name, tensor] of Object.entries(made)) {
      vectors[name] = `v${tensors.size}`;
      tensors.set(vectors[name], tensor);
    }
    this.#send({ kind: 'update', exchange, client, attempt, ...answer, vectors, tensors });
  }

  #evaluate({ id, exchange, clients, model, vectors, sha256, tensors }: MessageOf<'evaluate'>): void {
    const weights = this.#held.take(exchange, sha256, tensors).get(vectors.weights);
    if (weights === undefined) throw new ProtocolError('malformed', 'an evaluation lacks its weights');
    // The coordinator's word for a model is believed like its weights: what makes no model fails where it is made.
    const spec = model as ModelSpec | undefined;
    this.#do({ kind: 'evaluate', id, clients, weights, ...(spec && { spec }) });
  }
}

/** Before the welcome says. */
const UNTOLD = { everyMs: 5_000, timeoutMs: 60_000 };

const reasonOf = (code: number) =>
  (Object.keys(closeCodes) as CloseReason[]).find((reason) => closeCodes[reason].code === code);

function numbersOf(ranges: readonly (readonly [number, number])[]): number[] {
  return ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
}
