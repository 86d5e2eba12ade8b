/** Bytes that came in one piece or in several, as WebSocket messages do; they are copied only where they must be. */
export class Pieces {
  readonly length: number;
  readonly #pieces: readonly Uint8Array[];
  /** Where each piece begins. */
  readonly #starts: readonly number[];

  constructor(bytes: Uint8Array | readonly Uint8Array[]) {
    const pieces = bytes instanceof Uint8Array ? [bytes] : bytes;
    const starts: number[] = [];
    let length = 0;
    for (const piece of pieces) {
      starts.push(length);
      length += piece.length;
    }
    this.#pieces = pieces;
    this.#starts = starts;
    this.length = length;
  }

  /** The bytes from one place to another, which is not beyond the end: a view where one piece holds them. */
  range(from: number, to: number): Uint8Array {
    const first = this.#pieceAt(from);
    const piece = this.#pieces.at(first);
    const start = this.#starts[first];
    if (piece !== undefined && to - start <= piece.length) return piece.subarray(from - start, to - start);
    const bytes = new Uint8Array(to - from);
    this.copyTo(bytes, 0, from, to);
    return bytes;
  }

  /** The same, at a multiple of 8 in memory: numbers can be read there. */
  alignedRange(from: number, to: number): Uint8Array {
    const bytes = this.range(from, to);
    // Not slice(): that of a Node.js Buffer is a view.
    return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  }

  /** Copies the bytes from one place to another to a place of the target. */
  copyTo(target: Uint8Array, at: number, from: number, to: number): void {
    for (let i = this.#pieceAt(from); i < this.#pieces.length && this.#starts[i] < to; i++) {
      const start = this.#starts[i];
      const piece = this.#pieces[i].subarray(Math.max(from - start, 0), to - start);
      target.set(piece, at + Math.max(start - from, 0));
    }
  }

  /** The last piece that does not begin after this place. */
  #pieceAt(place: number): number {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle] <= place) low = middle;
      else high = middle;
    }
    return low;
  }
}
