/** Who trains now for a round: a round's clients, or the places of a buffered schedule, which are filled again. */
import type { FederatedAlgorithm, Payload } from '../algorithms/index.js';
import { stream } from '../numerics/index.js';
import { messageCodec, type Codec } from '../protocol/index.js';
import type { Federation } from '../recipe/index.js';
import { messageEncoder, type SelectedClient } from './selected-client.js';
import type { FederatedProgress } from './progress.js';

export class Cohort {
  readonly #busy: Map<number, SelectedClient>;
  /** Who was asked in this round: nobody is asked twice to train from the same model. */
  readonly #started = new Set<number>();
  readonly #number: number;
  readonly #available: Uint32Array;
  readonly #down: Codec;
  readonly #encode: ReturnType<typeof messageEncoder>;
  #plans = 0;
  /** Who was asked and does not answer. */
  readonly missing: number[] = [];
  /** How many were chosen. */
  chosen = 0;
  bytesDown = 0;

  constructor(
    readonly federation: Federation,
    readonly algorithm: FederatedAlgorithm,
    readonly progress: FederatedProgress,
    readonly overSelection: number,
  ) {
    this.#number = progress.rounds + 1;
    this.#busy = new Map(progress.underway?.map((asked) => [asked.client, asked]));
    this.#available = federation.behaviour.available(this.#number);
    this.#down = messageCodec(federation.codec);
    this.#encode = messageEncoder(this.#down, this.#number);
  }

  /** In the order in which they were asked. */
  get underway(): readonly SelectedClient[] {
    return [...this.#busy.values()];
  }

  get areEmpty(): boolean {
    return this.#busy.size === 0;
  }

  /** A client is done. */
  leave(client: number): SelectedClient {
    const asked = this.#busy.get(client);
    if (asked === undefined) throw new TypeError(`client ${client} was not asked`);
    this.#busy.delete(client);
    return asked;
  }

  /**
   * Asks as many clients as there are places; a client that drops out leaves its place to another.
   * @returns the clients that are selected now, or 'done' where the algorithm ends the run
   */
  fill(): readonly SelectedClient[] | 'done' {
    const { schedule } = this.federation.recipe;
    if (schedule.kind !== 'buffered') return this.#ask(undefined);
    const all: SelectedClient[] = [];
    for (;;) {
      const free = schedule.concurrency - this.#busy.size;
      const before = this.chosen;
      const asked = free > 0 ? this.#ask(free) : [];
      if (asked === 'done') return 'done';
      all.push(...asked);
      if (this.chosen === before) return all;
    }
  }

  #ask(slots: number | undefined): readonly SelectedClient[] | 'done' {
    const { recipe, partition, behaviour } = this.federation;
    const number = this.#number;
    // The first choice of a round is named as a round's only one is.
    const turn = this.#plans === 0 ? [] : ['turn', this.#plans];
    this.#plans++;
    const plan = this.algorithm.plan(this.progress.state, {
      roster: {
        count: partition.clients,
        available: this.#available.filter((client) => !this.#busy.has(client) && !this.#started.has(client)),
        samples: (client) => partition.size(client),
      },
      stream: (...name) => stream(recipe.seed, 'exchange', number, ...turn, ...name),
      ...(slots !== undefined && { slots }),
      overSelection: this.overSelection,
    });
    if (plan === 'done') return 'done';
    this.chosen += plan.to.length;
    const asked: SelectedClient[] = [];
    for (const { client, message } of plan.to) {
      this.#started.add(client);
      this.bytesDown += vectorBytes(this.#down, message.vectors);
      if (behaviour.dropsOut(client, number)) this.missing.push(client);
      else asked.push({ client, start: number, ...this.#encode(message) });
    }
    for (const one of asked) this.#busy.set(one.client, one);
    return asked;
  }
}

const vectorBytes = (codec: Codec, vectors: Payload['vectors']) =>
  Object.values(vectors).reduce((sum, { length }) => sum + codec.bytes(length), 0);
