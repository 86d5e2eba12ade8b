/**
 * A worker's part in federated training, without input and output: what its clients are asked, have, and have
 * answered. It outlives connections: an answer waits until it is accepted, a client's new state until it counts.
 */
import { buffersIn } from '../execution/index.js';
import type { ModelSpec } from '../learning/index.js';
import {
  ProtocolError,
  type MessageOf,
  type Tensor,
  type ToCoordinator,
  type ToWorker,
} from '../protocol/index.js';
import { ClientStates } from './client-states.js';
import type { StoredState, WorkerEffect, WorkerEvent } from './events.js';
import { HeldVectors } from './held-vectors.js';
import { checkOwn, checkStanding } from './standing.js';
import type { TaskValidator } from './task-validator.js';
import { Tasks, type Task } from './tasks.js';

export interface TaskRunnerOptions {
  /** How many tasks are given out at a time. */
  readonly threads: number;
  readonly states: readonly StoredState[] | undefined;
  readonly validator: TaskValidator;
  /** Says it to the coordinator. */
  readonly send: (message: ToCoordinator) => void;
  readonly emit: (effect: WorkerEffect) => void;
}

/** What it is told of its effects. */
type TrainingEvent = Extract<WorkerEvent, { kind: 'trained' | 'failed' | 'statePersisted' | 'evaluated' }>;

/** What it takes of the coordinator's messages. */
type TrainingMessage = Extract<
  ToWorker,
  { kind: 'task' | 'cancel' | 'accepted' | 'refused' | 'committed' | 'evaluate' }
>;

/** Trained answers that may wait for being accepted, for each thread: what bounds memory without a connection. */
const UNACCEPTED_PER_THREAD = 8;

export class TaskRunner {
  readonly #states: ClientStates;
  readonly #tasks: Tasks;
  readonly #held = new HeldVectors();
  readonly #threads: number;
  readonly #validator: TaskValidator;
  #clients: ReadonlySet<number> = new Set();
  readonly #send: (message: ToCoordinator) => void;
  readonly #emit: (effect: WorkerEffect) => void;

  constructor({ threads, states, validator, send, emit }: TaskRunnerOptions) {
    this.#tasks = new Tasks(({ memory }) => {
      if (memory) emit({ kind: 'recycle', memory });
    });
    this.#threads = threads;
    this.#validator = validator;
    this.#states = new ClientStates(states);
    this.#send = send;
    this.#emit = emit;
  }

  get progress() {
    return this.#tasks.progress;
  }

  /** What a hello on a new connection says of it. */
  greeting(): Pick<MessageOf<'hello'>, 'holds' | 'pending'> {
    this.#held.reconnect();
    return { holds: this.#held.digests, pending: this.#tasks.pending };
  }

  disconnected(): void {
    this.#tasks.disown();
  }

  /** Another run is served now. */
  clear(): void {
    this.#states.clear();
  }

  /** @param clients those of the welcome */
  welcomed({ commits, durable, round }: MessageOf<'welcome'>, clients: readonly number[]): void {
    this.#clients = new Set(clients);
    this.#forget(this.#states.stand(commits, durable, round));
  }

  handle(event: TrainingEvent): void {
    if (event.kind === 'trained') this.#trained(event);
    else if (event.kind === 'failed') this.#failed(event.ticket, event.sentence);
    else if (event.kind === 'evaluated') {
      this.#send({ kind: 'evaluated', id: event.id, results: event.results });
    } else {
      const task = this.#tasks.byTicket(event.ticket);
      if (task?.state === 'persisting') this.#answered(task);
    }
  }

  /** @throws ProtocolError where the message is not what a coordinator says */
  receive(message: TrainingMessage): void {
    switch (message.kind) {
      case 'task':
        this.#task(message);
        break;
      case 'cancel':
        this.#tasks.cancel(message.round, message.clients);
        this.#train();
        break;
      case 'accepted':
      case 'refused':
        if (message.kind === 'refused') {
          this.#emit({ kind: 'log', level: 'warn', sentence: `refused: ${message.sentence}` });
        }
        this.#tasks.end(message.client, message.round, message.attempt);
        this.#train();
        break;
      case 'committed':
        checkStanding("a message 'committed'", message, this.#clients);
        this.#forget(this.#states.commit(message.commits, message.durable));
        break;
      case 'evaluate':
        this.#evaluate(message);
    }
  }

  #forget(states: readonly StoredState[]): void {
    for (const { client, round } of states) {
      this.#emit({ kind: 'forgetState', client, round });
      // An answer without the state that goes with it must not be sent again, should the coordinator fall back.
      this.#tasks.cancel(round, [client]);
    }
  }

  #task({ round, to, sha256, tensors }: MessageOf<'task'>): void {
    checkOwn(
      "to of a message 'task'",
      to.map(({ client }) => client),
      this.#clients,
    );
    const vectors = this.#held.take(round, sha256, tensors);
    const messages = to.map(({ client, header, vectors: named }) => {
      const message = { header, vectors: vectorsNamed(named, vectors) };
      this.#validator.task(client, round, message);
      return message;
    });
    for (const [i, asked] of to.entries()) {
      const base = this.#states.before(asked.client, round)?.round ?? 0;
      const task = this.#tasks.ask(round, asked, messages[i], sha256, base);
      if (task.state === 'answered' || task.state === 'failed') this.#submit(task);
    }
    this.#train();
  }

  /** Gives out tasks while there are threads, and while not too many answers wait for being accepted. */
  #train(): void {
    const all = this.#tasks.all();
    const threads = this.#threads;
    let working = all.filter(({ state }) => state === 'training').length;
    const unaccepted = all.filter(({ state }) => state === 'answered' || state === 'persisting').length;
    for (const task of all) {
      if (working >= 2 * threads || working + unaccepted >= UNACCEPTED_PER_THREAD * threads) return;
      if (task.state !== 'waiting') continue;
      task.state = 'training';
      working++;
      const { ticket, client, round, message } = task;
      const clientState = this.#states.before(client, round)?.state;
      this.#emit({ kind: 'train', ticket, client, round, message, clientState });
    }
  }

  #trained({ ticket, answer, tensors, clientState }: Extract<WorkerEvent, { kind: 'trained' }>): void {
    const task = this.#tasks.byTicket(ticket);
    if (task?.state === 'training') {
      const { header, samples, steps, scalars } = answer;
      task.answer = { header, samples, steps, scalars };
      task.tensors = tensors;
      task.memory = buffersIn(tensors);
      for (const buffer of buffersIn(clientState)) task.memory.delete(buffer);
      if (clientState === undefined) this.#answered(task);
      else {
        const { client, round } = task;
        task.state = 'persisting';
        this.#states.propose({ client, round, state: clientState });
        this.#emit({ kind: 'persistState', ticket, client, round, state: clientState });
      }
    }
    this.#train();
  }

  #failed(ticket: number, sentence: string): void {
    const task = this.#tasks.byTicket(ticket);
    if (task) {
      task.state = 'failed';
      task.sentence = sentence;
      this.#emit({ kind: 'log', level: 'warn', sentence: `client ${task.client}: ${sentence}` });
      this.#submit(task);
    }
    this.#train();
  }

  #answered(task: Task): void {
    task.state = 'answered';
    this.#submit(task);
  }

  /** Sends what came of a task, where this connection has asked for it. */
  #submit({ client, round, attempt, isAsked, answer, tensors: made = {}, state, sentence = '' }: Task): void {
    if (!isAsked) return;
    if (state === 'failed') {
      this.#send({ kind: 'failed', round, client, attempt, sentence: sentence.slice(0, 1000) });
      return;
    }
    if (answer === undefined) return;
    const tensors = new Map<string, Tensor>();
    const vectors: Record<string, string> = {};
    for (const [name, tensor] of Object.entries(made)) {
      vectors[name] = `v${tensors.size}`;
      tensors.set(vectors[name], tensor);
    }
    this.#send({ kind: 'update', round, client, attempt, ...answer, vectors, tensors });
  }

  #evaluate({ id, round, clients, model, vectors, sha256, tensors }: MessageOf<'evaluate'>): void {
    checkOwn("clients of a message 'evaluate'", clients, this.#clients);
    const weights = this.#held.take(round, sha256, tensors).get(vectors.weights);
    if (weights === undefined) throw new ProtocolError('malformed', 'an evaluation lacks its weights');
    // The validator holds it against the recipe's.
    const spec = model as ModelSpec | undefined;
    this.#validator.evaluation(weights, spec);
    this.#emit({ kind: 'evaluate', id, clients, weights, ...(spec && { spec }) });
  }
}

/** @throws ProtocolError where a tensor is named that the message does not have */
function vectorsNamed(
  named: Readonly<Record<string, string>>,
  vectors: ReadonlyMap<string, Float32Array>,
): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(named).map(([name, tensor]) => {
      const vector = vectors.get(tensor);
      if (vector === undefined) throw new ProtocolError('malformed', `the tensor '${tensor}' has no digest`);
      return [name, vector];
    }),
  );
}
