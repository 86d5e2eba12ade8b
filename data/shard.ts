/** One client's view of an example set: a list of indices, with a transformation where features are skewed. */
import type { ExampleSet, InputFormat } from './dataset.js';

/** Changes one stored input in place. */
export type Transform = (input: Uint8Array, index: number) => void;

export class Shard {
  readonly input: InputFormat;
  readonly #bytes: number;

  constructor(
    readonly set: ExampleSet,
    readonly indices: Uint32Array,
    readonly transform?: Transform,
  ) {
    this.input = set.input;
    this.#bytes = set.inputs.length / set.count;
  }

  get count(): number {
    return this.indices.length;
  }

  copyInput(index: number, into: Uint8Array, at: number): void {
    const start = this.indices[index] * this.#bytes;
    into.set(this.set.inputs.subarray(start, start + this.#bytes), at);
    this.transform?.(into.subarray(at, at + this.#bytes), this.indices[index]);
  }

  label(index: number): number {
    return this.set.labels[this.indices[index]];
  }
}
