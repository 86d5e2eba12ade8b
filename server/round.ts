/** The exchange under way: who still has to answer, which attempt is awaited, what each worker is to be sent. */
import type { Answer, FederatedAlgorithm, Payload } from '../algorithms/index.js';
import type { Exchange } from '../hosting/index.js';
import type { Model } from '../learning/index.js';
import { messageCodec, type Codec, type MessageOf } from '../protocol/index.js';
import { MessageVectors, VectorTable, type Held } from './vectors.js';

/** A client whose answer is awaited. */
interface Asked {
  readonly message: Payload;
  attempt: number;
}

/** Distinct vectors of one task message, in bytes; more go into further messages. */
const TASK_BYTES = 2 ** 25;

export class Round {
  readonly #waiting: Map<number, Asked>;
  readonly #accepted = new Set<number>();
  /** Who was asked and will not count, and why. */
  readonly missing = new Map<number, string>();
  readonly #asked: ReadonlySet<number>;
  readonly #table: VectorTable;
  #firstLengths: Readonly<Record<string, number>> | undefined;

  /** @param dropped clients that are not asked any more, and why */
  constructor(
    readonly exchange: Exchange,
    dropped: ReadonlyMap<number, string>,
    codec: Codec,
  ) {
    this.#table = new VectorTable(messageCodec(codec));
    this.#waiting = new Map();
    for (const { client, message } of exchange.asked) {
      const why = dropped.get(client);
      if (why === undefined) this.#waiting.set(client, { message, attempt: 0 });
      else this.missing.set(client, why);
    }
    this.#asked = new Set(exchange.asked.map(({ client }) => client));
  }

  get number(): number {
    return this.exchange.number;
  }

  get accepted(): ReadonlySet<number> {
    return this.#accepted;
  }

  get waiting(): Iterable<number> {
    return this.#waiting.keys();
  }

  get isComplete(): boolean {
    return this.#waiting.size === 0;
  }

  wasAsked(client: number): boolean {
    return this.#asked.has(client);
  }

  awaited(client: number): Asked | undefined {
    return this.#waiting.get(client);
  }

  accept(client: number, answer: Answer): void {
    this.exchange.accept(client, answer);
    this.#firstLengths ??= Object.fromEntries(
      Object.entries(answer.vectors).map(([name, { length }]) => [name, length]),
    );
    this.#waiting.delete(client);
    this.#accepted.add(client);
  }

  /**
   * The lengths that an answer's vectors must have: as the algorithm tells them, else, where they are summed, those
   * of the first that counted.
   */
  lengthsFor(
    message: Payload,
    algorithm: FederatedAlgorithm,
    model: Model,
  ): Readonly<Record<string, number>> | undefined {
    const told = algorithm.answerLengths?.(message, model);
    return told ?? (algorithm.answers === 'sum' ? this.#firstLengths : undefined);
  }

  /** The client's answer is awaited once more. */
  askAgain(client: number): void {
    const asked = this.#waiting.get(client);
    if (asked) asked.attempt++;
  }

  giveUp(client: number, why: string): void {
    if (this.#waiting.delete(client)) this.missing.set(client, why);
  }

  /** What a worker is sent for those of its clients that are awaited, without the vectors that it holds. */
  tasksFor(clients: Iterable<number>, held: Held): MessageOf<'task'>[] {
    const messages: MessageOf<'task'>[] = [];
    let to: MessageOf<'task'>['to'] = [];
    let vectors = new MessageVectors(this.#table);
    const close = () => {
      if (to.length === 0) return;
      messages.push({
        kind: 'task',
        exchange: this.number,
        to,
        sha256: vectors.digests,
        tensors: vectors.tensorsFor(held, this.number),
      });
      to = [];
      vectors = new MessageVectors(this.#table);
    };
    for (const client of clients) {
      const asked = this.#waiting.get(client);
      if (asked === undefined) continue;
      const { message, attempt } = asked;
      to.push({ client, attempt, header: message.header, vectors: vectors.add(message.vectors) });
      if (vectors.bytes >= TASK_BYTES) close();
    }
    close();
    return messages;
  }
}

/** Every client that was asked was refused or failed. */
export class NobodyAnsweredError extends Error {
  constructor({ number, missing }: Round) {
    const [[client, why]] = missing;
    super(`exchange ${number} has no update that counts; client ${client}: ${why}`);
  }
}
