/** The vectors that are sent, each known by the SHA-256 of its encoded bytes, and which of them a worker holds. */
import { sha256 } from '../numerics/index.js';
import type { Tensor } from '../protocol/index.js';

/** Digests every tensor once, however many clients it is sent to. */
export class TensorDigests {
  readonly #known = new Map<Tensor, string>();

  of(tensor: Tensor): string {
    const digest = this.#known.get(tensor) ?? sha256(tensor.bytes);
    this.#known.set(tensor, digest);
    return digest;
  }
}

/**
 * What a worker holds: the vectors that the messages of the latest round name. Coordinator and worker follow the
 * same rule, so that neither has to be told: a message of a later round replaces all that it does not name.
 */
export class HeldVectors {
  #round = 0;
  #digests: Set<string>;

  constructor(digests: Iterable<string>) {
    this.#digests = new Set(digests);
  }

  /** Notes a message that names these vectors. @returns those that have to be sent with it */
  name(round: number, digests: ReadonlySet<string>): Set<string> {
    const absent = new Set([...digests].filter((digest) => !this.#digests.has(digest)));
    if (round === this.#round) for (const digest of digests) this.#digests.add(digest);
    else this.#digests = new Set(digests);
    this.#round = round;
    return absent;
  }
}

/** Names the vectors of one message, and collects the tensors that go with it. */
export class MessageVectors {
  readonly digests: Record<string, string> = {};
  readonly #names = new Map<string, { readonly name: string; readonly tensor: Tensor }>();

  constructor(readonly known: TensorDigests) {}

  /** How many bytes all of them have. */
  get bytes(): number {
    let bytes = 0;
    for (const { tensor } of this.#names.values()) bytes += tensor.bytes.length;
    return bytes;
  }

  /** The names of tensors for the names that the algorithm gave. */
  add(tensors: Readonly<Record<string, Tensor>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(tensors).map(([given, tensor]) => {
        const digest = this.known.of(tensor);
        const known = this.#names.get(digest) ?? { name: `v${this.#names.size}`, tensor };
        this.#names.set(digest, known);
        this.digests[known.name] = digest;
        return [given, known.name];
      }),
    );
  }

  /** The tensors that a worker does not hold yet. */
  tensorsFor(held: HeldVectors, round: number): Map<string, Tensor> {
    const absent = held.name(round, new Set(this.#names.keys()));
    return new Map(
      [...this.#names].flatMap(([digest, { name, tensor }]) => (absent.has(digest) ? [[name, tensor]] : [])),
    );
  }
}
