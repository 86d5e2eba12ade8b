/**
 * The memory of answers. It goes back to the threads once nobody will ask for an answer again and the wire has let go of
 * it: after a reconnect, an answer that has counted may be under way once more.
 */
import type { Tensors } from '../protocol/index.js';

export class UpdateBuffers {
  /** How many messages under way are made of it. */
  readonly #messages = new Map<ArrayBufferLike, number>();
  /** What goes back once they have left. */
  readonly #given = new Set<ArrayBuffer>();

  constructor(readonly recycle: (buffer: ArrayBuffer) => void) {}

  /** A message of this memory is sent. @returns to be called once it has left, or will not */
  lend(tensors: Tensors): () => void {
    const buffers = new Set(Array.from(tensors.values(), ({ bytes }) => bytes.buffer));
    for (const buffer of buffers) this.#messages.set(buffer, (this.#messages.get(buffer) ?? 0) + 1);
    return () => {
      for (const buffer of buffers) this.#left(buffer);
    };
  }

  /** Nobody will ask for it again. */
  giveBack(buffers: ReadonlySet<ArrayBuffer>): void {
    for (const buffer of buffers) {
      if (this.#messages.has(buffer)) this.#given.add(buffer);
      else this.recycle(buffer);
    }
  }

  #left(buffer: ArrayBufferLike): void {
    const others = (this.#messages.get(buffer) ?? 0) - 1;
    if (others > 0) {
      this.#messages.set(buffer, others);
      return;
    }
    this.#messages.delete(buffer);
    if (buffer instanceof ArrayBuffer && this.#given.delete(buffer)) this.recycle(buffer);
  }
}
