/** The round under way: who still has to answer, which attempt is awaited, what each worker is to be sent. */
import type { FederatedAlgorithm, HostedUpdate } from '../algorithms/index.js';
import { receivedMessage, type SelectedClient, type FederatedRound } from '../rounds/index.js';
import type { Model } from '../learning/index.js';
import type { MessageOf } from '../protocol/index.js';
import { MessageVectors, TensorDigests, type HeldVectors } from './vectors.js';

/** A client whose answer is awaited. */
interface Awaited extends SelectedClient {
  attempt: number;
}

/** Distinct vectors of one task message, in bytes; more go into further messages. */
const TASK_BYTES = 2 ** 25;

export class Round {
  readonly #waiting = new Map<number, Awaited>();
  readonly #accepted = new Map<number, number>();
  /** Who was asked and will not count, and why. */
  readonly missing = new Map<number, string>();
  /** Of the clients that were asked, those that have sent values that are not finite. */
  readonly notFinite = new Set<number>();
  readonly #digests = new TensorDigests();
  #firstLengths: Readonly<Record<string, number>> | undefined;

  /**
   * @param dropped clients that are not asked any more, and why
   * @param before the round before it, where clients are still training for it
   */
  constructor(
    readonly round: FederatedRound,
    readonly dropped: ReadonlyMap<number, string>,
    before?: Round,
  ) {
    this.#await(round.asked, before);
  }

  get number(): number {
    return this.round.number;
  }

  /** Whose answers count, and in which round each was asked. */
  get accepted(): ReadonlyMap<number, number> {
    return this.#accepted;
  }

  get waiting(): Iterable<number> {
    return this.#waiting.keys();
  }

  /** Of those, who was asked in this round. */
  get asked(): number[] {
    return [...this.#waiting].flatMap(([client, { start }]) => (start === this.number ? [client] : []));
  }

  get isComplete(): boolean {
    return this.round.isFull;
  }

  awaited(client: number): Awaited | undefined {
    return this.#waiting.get(client);
  }

  /** @returns the clients that are selected in its place */
  accept(client: number, answer: HostedUpdate): number[] {
    const start = this.#waiting.get(client)?.start ?? this.number;
    this.#waiting.delete(client);
    this.#accepted.set(client, start);
    this.#firstLengths ??= Object.fromEntries(
      Object.entries(answer.vectors).map(([name, { length }]) => [name, length]),
    );
    return this.#await(this.round.accept(client, answer));
  }

  /** @returns the clients that are selected in its place */
  giveUp(client: number, why: string): number[] {
    if (!this.#waiting.delete(client)) return [];
    this.missing.set(client, why);
    return this.#await(this.round.giveUp(client));
  }

  /** @returns who of them is asked, and whoever is asked in the place of a client that is not asked any more */
  #await(asked: readonly SelectedClient[], before?: Round): number[] {
    for (const one of asked) {
      const { client, start } = one;
      const known = before?.awaited(client);
      const attempt = known?.start === start ? known.attempt : 0;
      this.#waiting.set(client, { ...one, attempt });
    }
    return asked.flatMap(({ client }) => {
      const why = this.dropped.get(client);
      return why === undefined ? [client] : this.giveUp(client, why);
    });
  }

  /**
   * The lengths that an answer's vectors must have: as the algorithm tells them, else, where they are summed, those
   * of the first that counted.
   */
  lengthsFor(
    asked: SelectedClient,
    algorithm: FederatedAlgorithm,
    model: Model,
  ): Readonly<Record<string, number>> | undefined {
    const told = algorithm.answerLengths?.(receivedMessage(asked), model);
    return told ?? (algorithm.answers === 'sum' ? this.#firstLengths : undefined);
  }

  /** The client's answer is awaited once more. */
  askAgain(client: number): void {
    const asked = this.#waiting.get(client);
    if (asked) asked.attempt++;
  }

  /** What a worker is sent for those of its clients that are awaited, without the vectors that it holds. */
  tasksFor(clients: Iterable<number>, held: HeldVectors): MessageOf<'task'>[] {
    const byStart = new Map<number, number[]>();
    for (const client of clients) {
      const start = this.#waiting.get(client)?.start;
      if (start === undefined) continue;
      const group = byStart.get(start);
      if (group) group.push(client);
      else byStart.set(start, [client]);
    }
    const starts = [...byStart].sort(([a], [b]) => a - b);
    return starts.flatMap(([start, group]) => this.#tasksOf(start, group, held));
  }

  #tasksOf(start: number, clients: readonly number[], held: HeldVectors): MessageOf<'task'>[] {
    const messages: MessageOf<'task'>[] = [];
    let to: MessageOf<'task'>['to'] = [];
    let vectors = new MessageVectors(this.#digests);
    const close = () => {
      if (to.length === 0) return;
      messages.push({
        kind: 'task',
        round: start,
        to,
        sha256: vectors.digests,
        tensors: vectors.tensorsFor(held, start),
      });
      to = [];
      vectors = new MessageVectors(this.#digests);
    };
    for (const client of clients) {
      const asked = this.#waiting.get(client);
      if (asked === undefined) continue;
      const { header, tensors, attempt } = asked;
      to.push({ client, attempt, header, vectors: vectors.add(tensors) });
      if (vectors.bytes >= TASK_BYTES) close();
    }
    close();
    return messages;
  }
}
