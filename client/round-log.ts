/**
 * A worker's rounds, for its log: begun, sent, aggregated; of gossip nodes, done. Quick rounds are summarised: of each step at
 * most one line in some seconds, which says from which round to which, and how many clients.
 */
import type { ToCoordinator, ToWorker } from '../protocol/index.js';

type Write = (sentence: string, fields: object) => void;
type Step = 'begun' | 'sent' | 'aggregated' | 'done';

/** From one line of a step to its next, in milliseconds. */
const EVERY_MS = 10_000;

const sentences: Readonly<Record<Step, (rounds: string, clients: number) => string>> = {
  begun: (rounds, clients) => `${rounds} begun: ${clients} tasks`,
  sent: (rounds, clients) => `${rounds}: ${clients} updates sent`,
  aggregated: (rounds, clients) => `${rounds}: ${clients} updates aggregated`,
  done: (rounds) => `${rounds} done`,
};

/** What is to be told of a step and has not been told yet. */
interface Held {
  first: number;
  last: number;
  clients: number;
}

export class RoundLog {
  readonly #held = new Map<Step, Held>();
  readonly #toldAt = new Map<Step, number>();
  /** Of each round, the clients whose updates have not been sent. */
  readonly #open = new Map<number, Set<number>>();
  /** The last round that was told of: after a reconnection the same tasks come again. */
  readonly #asked = new Map<number, number>();

  /** @param now in milliseconds */
  constructor(
    readonly write: Write,
    readonly now: () => number,
  ) {}

  received(message: ToWorker): void {
    if (message.kind === 'task')
      this.#begin(
        message.round,
        message.to.map(({ client }) => client),
      );
    else if (message.kind === 'cancel')
      for (const client of message.clients) this.#answer(message.round, client, false);
    else if (message.kind === 'committed') {
      for (const { round, clients } of message.commits) this.#tell('aggregated', round, clients.length);
    }
  }

  sent(message: ToCoordinator): void {
    if (message.kind === 'update') this.#answer(message.round, message.client, true);
    else if (message.kind === 'failed') this.#answer(message.round, message.client, false);
    else if (message.kind === 'report') this.#tell('done', message.round, 0);
  }

  /** Writes what is still held back: the worker ends. */
  flush(): void {
    for (const step of this.#held.keys()) this.#write(step);
  }

  #begin(round: number, clients: readonly number[]): void {
    const news = clients.filter((client) => this.#asked.get(client) !== round);
    if (news.length === 0) return;
    for (const client of news) {
      // Whatever it was asked before is not awaited any more.
      this.#answer(this.#asked.get(client) ?? 0, client, false);
      this.#asked.set(client, round);
    }
    const open = this.#open.get(round) ?? new Set();
    this.#open.set(round, open);
    for (const client of news) open.add(client);
    this.#tell('begun', round, news.length);
  }

  /** Tells of a round once all its updates are sent. */
  #answer(round: number, client: number, isUpdate: boolean): void {
    const open = this.#open.get(round);
    if (open?.delete(client) !== true) return;
    if (isUpdate) this.#hold('sent', round, 1);
    if (open.size > 0) return;
    this.#open.delete(round);
    if (this.#held.has('sent')) this.#writeIfDue('sent');
  }

  #tell(step: Step, round: number, clients: number): void {
    this.#hold(step, round, clients);
    this.#writeIfDue(step);
  }

  #hold(step: Step, round: number, clients: number): void {
    const held = this.#held.get(step) ?? { first: round, last: round, clients: 0 };
    held.first = Math.min(held.first, round);
    held.last = Math.max(held.last, round);
    held.clients += clients;
    this.#held.set(step, held);
  }

  #writeIfDue(step: Step): void {
    const toldAt = this.#toldAt.get(step) ?? -Infinity;
    if (this.now() - toldAt >= EVERY_MS) this.#write(step);
  }

  #write(step: Step): void {
    const held = this.#held.get(step);
    if (held === undefined) return;
    this.#held.delete(step);
    this.#toldAt.set(step, this.now());
    const { first, last, clients } = held;
    const rounds = first === last ? `round ${last}` : `rounds ${first}–${last}`;
    this.write(sentences[step](rounds, clients), {
      round: last,
      ...(first < last && { firstRound: first }),
      ...(step !== 'done' && { clients }),
    });
  }
}
