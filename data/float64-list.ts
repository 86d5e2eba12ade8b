/** A list of numbers that grows in blocks of 8 bytes a number, where an array of rows would take many times that. */

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
