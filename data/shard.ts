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

  constructor(
    readonly set: ExampleSet,
    readonly indices: Uint32Array,
    readonly transform?: Transform,
  ) {
    this.input = set.input;
    this.#bytes = inputBytes(set.input);
    this.#reader = openExamples(set);
  }

  /** All examples of a set, in its order. */
  static whole(set: ExampleSet): Shard {
    return new Shard(set, range(set.count));
  }

  get count(): number {
    return this.indices.length;
  }

  copyInput(index: number, into: Uint8Array, at: number): void {
    this.#reader.copyInput(this.indices[index], into, at);
    this.transform?.(into.subarray(at, at + this.#bytes), this.indices[index]);
  }

  label(index: number): number {
    return this.#reader.label(this.indices[index]);
  }
}
