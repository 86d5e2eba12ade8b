/** Datasets: labelled examples, stored in arrays that threads share or generated on demand. */
import type { InputFormat } from '../learning/index.js';
import type { SharedBytes, SharedInt32, SharedUint32 } from './shared-arrays.js';

/** The parameters of FedProx's generated examples, see `synthetic.ts`. */
export interface SyntheticSettings {
  readonly seed: number;
  /** The standard deviation of u_k: how much the clients' models differ. */
  readonly alpha: number;
  /** The standard deviation of B_k: how much the clients' inputs differ. */
  readonly beta: number;
  /** One model and one input distribution for all clients, as in the paper's Synthetic-IID. */
  readonly iid: boolean;
  readonly dimension: number;
  readonly classes: number;
}

/** The source of a generated example set: the settings, and each client's part of the set. */
export interface SyntheticSource extends SyntheticSettings {
  /** Each client's number of examples, training and test together. */
  readonly sizes: SharedUint32;
  /** Example i of the set is its client's example i − offsets[client]. */
  readonly offsets: SharedInt32;
}

/** Fields of both kinds of example sets. They are plain data, so that `postMessage` can send a set. */
interface ExampleMetadata {
  readonly count: number;
  readonly input: InputFormat;
  /**
   * The natural owner of each example (a writer, a speaker), an index into the dataset's `owners`; −1 in a test set for
   * an owner without training examples.
   */
  readonly owner?: SharedInt32;
}

/** Examples in memory, in SharedArrayBuffers that threads read without a copy. */
export interface StoredExamples extends ExampleMetadata {
  /** The stored inputs of all examples as bytes, also of float32 inputs. */
  readonly inputs: SharedBytes;
  /**
   * The byte offset of each example's input in `inputs`; by default inputs follow one another. Overlapping windows of a
   * text have offsets.
   */
  readonly starts?: SharedUint32;
  readonly labels: SharedInt32;
}

/** Examples that are generated again, one owner's at a time, each time they are read. */
export interface GeneratedExamples extends ExampleMetadata {
  readonly generated: SyntheticSource;
  readonly owner: SharedInt32;
}

/** A set of labelled examples, read with `openExamples` or through a `Shard`. */
export type ExampleSet = StoredExamples | GeneratedExamples;

export interface Dataset {
  readonly name: string;
  readonly classes: number;
  readonly classNames?: readonly string[];
  readonly train: ExampleSet;
  readonly test: ExampleSet;
  /** Names of the natural owners, if the dataset has owners. */
  readonly owners?: readonly string[];
  /** SHA-256 of every file that the dataset was read from, by the file's name. */
  readonly checksums: Readonly<Record<string, string>>;
}
