/** One client's view of an example set: a list of indices, with a transformation where features are skewed. */
import { range } from '../numerics/index.js';
import type { ExampleSet, InputFormat } from './dataset.js';
import { inputBytes, openExamples, type ExampleReader } from './examples.js';

/** Changes one stored input in place. */
export type Transform = (input: Uint8Array, index: number) => void;

export class Shard {
  readonly input: InputFormat;
  readonly #bytes: number;
  readonly #reader: ExampleReader;
  /** An input as it is stored, where it is read as float32 and stored as bytes. */
  readonly #stored: Uint8Array | undefined;

  /** @param input how inputs are read: as they are stored, or their bytes as float32 numbers of the same value */
  constructor(
    readonly set: ExampleSet,
    readonly indices: Uint32Array,
    readonly transform?: Transform,
    input = set.input,
  ) {
    this.input = input;
    this.#bytes = inputBytes(input);
    this.#reader = openExamples(set);
    if (input.type !== set.input.type) this.#stored = new Uint8Array(inputBytes(set.input));
  }

  /** All examples of a set, in its order. */
  static whole(set: ExampleSet): Shard {
    return new Shard(set, range(set.count));
  }

  get count(): number {
    return this.indices.length;
  }

  copyInput(index: number, into: Uint8Array, at: number): void {
    const stored = this.#stored;
    if (stored) {
      this.#reader.copyInput(this.indices[index], stored, 0);
      into.set(new Uint8Array(Float32Array.from(stored).buffer), at);
    } else this.#reader.copyInput(this.indices[index], into, at);
    this.transform?.(into.subarray(at, at + this.#bytes), this.indices[index]);
  }

  label(index: number): number {
    return this.#reader.label(this.indices[index]);
  }
}
