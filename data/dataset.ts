/** Datasets: labelled examples, held as arrays that threads share or generated where they are needed. */
import type { SyntheticSource } from './synthetic.js';
import type { SharedBytes, SharedInt32, SharedUint32 } from './shared-arrays.js';

/** How one example's input is stored, and how a stored number x becomes an input: x · scale + shift. */
export interface InputFormat {
  readonly shape: readonly number[];
  readonly type: 'uint8' | 'float32';
  readonly scale: number;
  readonly shift: number;
}

/** What both kinds of example sets have. All of it is plain data, so `postMessage` takes a set as it is. */
interface Examples {
  readonly count: number;
  readonly input: InputFormat;
  /**
   * The natural owner of each example (a writer, a speaker), an index into the dataset's `owners`; −1 in a test
   * set where it is an owner without training examples.
   */
  readonly owner?: SharedInt32;
}

/** Examples in memory. Arrays lie in SharedArrayBuffers, so that handing them to a thread is free. */
export interface StoredExamples extends Examples {
  /** The stored inputs of all examples, one after another, as bytes (also where they are float32). */
  readonly inputs: SharedBytes;
  /**
   * Where each example's input begins in `inputs`, in bytes, where they do not just follow one another:
   * overlapping windows of a text.
   */
  readonly starts?: SharedUint32;
  readonly labels: SharedInt32;
}

/** Examples that are drawn again, an owner's at a time, whenever they are read. */
export interface GeneratedExamples extends Examples {
  readonly generated: SyntheticSource;
  readonly owner: SharedInt32;
}

/** A set of labelled examples; read it with `openExamples` or through a `Shard`. */
export type ExampleSet = StoredExamples | GeneratedExamples;

export interface Dataset {
  readonly name: string;
  readonly classes: number;
  readonly classNames?: readonly string[];
  readonly train: ExampleSet;
  readonly test: ExampleSet;
  /** Names of the natural owners, where the data has them. */
  readonly owners?: readonly string[];
  /** SHA-256 of every file it was read from, by the file's name, for the record of a run. */
  readonly checksums: Readonly<Record<string, string>>;
}
