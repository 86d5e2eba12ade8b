/**
 * What a worker has been asked, client by client. A task lives until its answer is accepted or it is replaced: a
 * connection that ends loses nothing, and no client trains twice on the same.
 */
import type { HostedUpdate, Payload } from '../algorithms/index.js';
import { canonicalJson } from '../numerics/index.js';
import type { MessageOf, Tensor } from '../protocol/index.js';

export interface Task {
  /** Numbers every task of this process. */
  readonly ticket: number;
  readonly client: number;
  readonly round: number;
  readonly message: Payload;
  /** Says what is asked, so that asking the same again is seen. */
  readonly key: string;
  attempt: number;
  /** Whether this connection has asked for it: only then is it answered. */
  isAsked: boolean;
  state: 'waiting' | 'training' | 'persisting' | 'answered' | 'failed';
  /** Without its vectors, which `tensors` hold as they go over the wire. */
  answer?: Omit<HostedUpdate, 'vectors'>;
  tensors?: Readonly<Record<string, Tensor>>;
  /** What the tensors lie in and nothing else does. */
  memory?: Set<ArrayBuffer>;
  sentence?: string;
}

type To = MessageOf<'task'>['to'][number];

export class Tasks {
  readonly #byClient = new Map<number, Task>();
  readonly #byTicket = new Map<number, Task>();
  #tickets = 0;
  #done = 0;

  /** @param forgotten told of each task that is over */
  constructor(readonly forgotten: (task: Task) => void) {}

  /**
   * Takes a client's task.
   * @param base the round that the client's state is from
   * @returns it, which may have an answer already where the same was asked before
   */
  ask(
    round: number,
    { client, attempt, header, vectors }: To,
    message: Payload,
    digests: Readonly<Record<string, string>>,
    base: number,
  ): Task {
    const named = Object.entries(vectors).map(([name, tensor]): [string, string] => [name, digests[tensor]]);
    const key = canonicalJson({ round, base, header, vectors: Object.fromEntries(named) });
    const known = this.#byClient.get(client);
    // A further attempt at a task that has an answer, or has failed, is a wish for another: it begins anew.
    if (known?.key === key && (known.attempt === attempt || !isOver(known))) {
      known.attempt = attempt;
      known.isAsked = true;
      return known;
    }
    if (known) this.#forget(known);
    const task: Task = {
      ticket: ++this.#tickets,
      client,
      round,
      message,
      key,
      attempt,
      isAsked: true,
      state: 'waiting',
    };
    this.#byClient.set(client, task);
    this.#byTicket.set(task.ticket, task);
    return task;
  }

  /** None where the task was replaced or given up meanwhile. */
  byTicket(ticket: number): Task | undefined {
    return this.#byTicket.get(ticket);
  }

  /** The connection has ended. */
  disown(): void {
    for (const task of this.#byClient.values()) task.isAsked = false;
  }

  /** An answer was accepted or refused; the task is over. */
  end(client: number, round: number, attempt: number): Task | undefined {
    const task = this.#byClient.get(client);
    if (task?.round !== round || task.attempt !== attempt) return undefined;
    this.#forget(task);
    this.#done++;
    return task;
  }

  cancel(round: number, clients: readonly number[]): void {
    for (const client of clients) {
      const task = this.#byClient.get(client);
      if (task?.round === round) this.#forget(task);
    }
  }

  /** What a new connection is told of: the coordinator cancels what it does not wait for. */
  get pending(): MessageOf<'hello'>['pending'] {
    return this.all().map(({ round, client, attempt, state }) => ({
      round,
      client,
      attempt,
      state: state === 'answered' ? 'answered' : 'training',
    }));
  }

  all(): Task[] {
    return [...this.#byClient.values()];
  }

  get progress() {
    const all = this.all();
    return {
      round: all.reduce((latest, task) => Math.max(latest, task.round), 0),
      waiting: all.filter(({ state }) => state === 'waiting').length,
      training: all.filter(({ state }) => state === 'training').length,
      done: this.#done,
    };
  }

  #forget(task: Task): void {
    this.#byClient.delete(task.client);
    this.#byTicket.delete(task.ticket);
    this.forgotten(task);
  }
}

const isOver = ({ state }: Task) => state === 'answered' || state === 'failed';
