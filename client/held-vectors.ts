/**
 * The vectors that a worker holds, so that an unchanged one is not sent again: those that the messages of the latest
 * round name. A message of a later round replaces all that it does not name.
 */
import { sha256 } from '../numerics/index.js';
import { decodeVector, ProtocolError, type Tensors } from '../protocol/index.js';

export class HeldVectors {
  #round = 0;
  #vectors = new Map<string, Float32Array>();

  get digests(): string[] {
    return [...this.#vectors.keys()];
  }

  /** The connection is new: the coordinator counts from what the hello says. */
  reconnect(): void {
    this.#round = 0;
  }

  /**
   * The vectors of a message by the names of its tensors.
   * @throws ProtocolError where one was not sent and is not held, or its bytes have another digest
   */
  take(
    round: number,
    digests: Readonly<Record<string, string>>,
    tensors: Tensors,
  ): Map<string, Float32Array> {
    const named = new Map<string, Float32Array>();
    const byDigest = new Map<string, Float32Array>();
    for (const [name, digest] of Object.entries(digests)) {
      const vector = this.#vectors.get(digest) ?? received(name, digest, tensors);
      named.set(name, vector);
      byDigest.set(digest, vector);
    }
    if (round === this.#round) for (const [digest, vector] of byDigest) this.#vectors.set(digest, vector);
    else this.#vectors = byDigest;
    this.#round = round;
    return named;
  }
}

/** In memory that threads share. */
function received(name: string, digest: string, tensors: Tensors): Float32Array {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new ProtocolError('malformed', `the message lacks its tensor '${name}'`);
  if (sha256(tensor.bytes) !== digest) {
    throw new ProtocolError('malformed', `the tensor '${name}' has another digest than its message says`);
  }
  const sent = decodeVector(tensor, tensor.length);
  const vector = new Float32Array(new SharedArrayBuffer(4 * sent.length));
  vector.set(sent);
  return vector;
}
