/** One client's view of an example set: a list of indices, with a transform if features are skewed. */
import { range } from '../numerics/index.js';
import type { InputFormat, Transform } from '../learning/index.js';
import type { ExampleSet } from './dataset.js';
import type { ExampleReader } from './example-reader.js';
import { inputBytes, openExamples } from './examples.js';

export class Shard {
  readonly input: InputFormat;
  readonly #bytes: number;
  readonly #reader: ExampleReader;
  /** A buffer for inputs that are stored as bytes and read as float32. */
  readonly #stored: Uint8Array | undefined;

  /** @param input the format that inputs are read in: the stored one, or float32 for inputs stored as bytes */
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
