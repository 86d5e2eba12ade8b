/** A growing list of numbers in blocks, at 8 bytes per number; an array of rows takes several times as much. */

const BLOCK = 2 ** 15;

export class Float64List {
  readonly #blocks: Float64Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    const within = this.#length % BLOCK;
    if (within === 0) this.#blocks.push(new Float64Array(BLOCK));
    this.#blocks[this.#blocks.length - 1][within] = value;
    this.#length++;
  }

  at(index: number): number {
    return this.#blocks[Math.floor(index / BLOCK)][index % BLOCK];
  }
}
