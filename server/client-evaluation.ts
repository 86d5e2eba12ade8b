/** A model's evaluation on the clients' own examples, where these are: who is still to answer. */
import type { EvaluatedModel } from '../rounds/index.js';
import { tensorOf, type MessageOf, type Tensor } from '../protocol/index.js';
import { MessageVectors, TensorDigests, type HeldVectors } from './vectors.js';

const NOT_FINITE = 'its loss is not finite';

export class ClientEvaluation {
  readonly #accuracies: (number | null)[];
  readonly #waiting: Set<number>;
  readonly #missing = new Map<number, string>();
  readonly #digests = new TensorDigests();
  readonly #weights: Tensor;

  /** @param sameModel whether the model is the recipe's, so that its spec need not be sent */
  constructor(
    readonly round: number,
    readonly model: EvaluatedModel,
    readonly sameModel: boolean,
    clients: number,
  ) {
    this.#weights = tensorOf(model.weights);
    this.#accuracies = new Array<number | null>(clients).fill(null);
    this.#waiting = new Set(Array.from({ length: clients }, (_, client) => client));
  }

  get isComplete(): boolean {
    return this.#waiting.size === 0;
  }

  /** How many results have come. */
  get results(): number {
    return this.#accuracies.length - this.#waiting.size - this.#missing.size;
  }

  get waiting(): ReadonlySet<number> {
    return this.#waiting;
  }

  /** In client order; null for a client without a result. */
  get accuracies(): readonly (number | null)[] {
    return this.#accuracies;
  }

  /** Clients that are not waited for, and why. */
  get missing(): ReadonlyMap<number, string> {
    return this.#missing;
  }

  /** Ends the wait for a client's result. */
  giveUp(client: number, why: string): void {
    if (this.#waiting.delete(client)) this.#missing.set(client, why);
  }

  /**
   * The first client whose loss is not finite, where no client has another: the model has diverged. While others have, one
   * client's word does not end a run.
   */
  get diverged(): number | undefined {
    if (this.results > 0) return undefined;
    const lost = [...this.#missing].filter(([, why]) => why === NOT_FINITE).map(([client]) => client);
    return lost.length === 0 ? undefined : Math.min(...lost);
  }

  take(client: number, correct: number, count: number, lossSum: number): void {
    if (!Number.isFinite(lossSum)) this.giveUp(client, NOT_FINITE);
    else if (this.#waiting.delete(client)) this.#accuracies[client] = correct / count;
  }

  /** What a worker is asked about those of its clients that are waited for; nothing where there are none. */
  requestFor(clients: readonly number[], held: HeldVectors): MessageOf<'evaluate'> | undefined {
    const wanted = clients.filter((client) => this.#waiting.has(client));
    if (wanted.length === 0) return undefined;
    const vectors = new MessageVectors(this.#digests);
    const names = vectors.add({ weights: this.#weights });
    return {
      kind: 'evaluate',
      id: this.round,
      round: this.round,
      clients: wanted,
      ...(!this.sameModel && { model: this.model.model.spec }),
      vectors: names,
      sha256: vectors.digests,
      tensors: vectors.tensorsFor(held, this.round),
    };
  }
}
