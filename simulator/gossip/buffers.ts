/** Shared memory for messages' vectors, used again as soon as a message is read. */
import { sharedVector } from '../../hosting/index.js';

export class BufferPool {
  readonly #free = new Map<number, Float32Array[]>();

  take(length: number): Float32Array {
    return this.#free.get(length)?.pop() ?? sharedVector(length);
  }

  give(vector: Float32Array): void {
    const free = this.#free.get(vector.length);
    if (free) free.push(vector);
    else this.#free.set(vector.length, [vector]);
  }
}
