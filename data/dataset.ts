/** Datasets: labelled examples held as one array of stored inputs, shared between threads without copies. */

/** How one example's input is stored, and how a stored number x becomes an input: x · scale + shift. */
export interface InputFormat {
  readonly shape: readonly number[];
  readonly type: 'uint8' | 'float32';
  readonly scale: number;
  readonly shift: number;
}

/** A set of labelled examples. Arrays lie in SharedArrayBuffers, so that handing them to a thread is free. */
export interface ExampleSet {
  readonly count: number;
  readonly input: InputFormat;
  /** The stored inputs of all examples, one after another, as bytes (also where they are float32). */
  readonly inputs: Uint8Array<SharedArrayBuffer>;
  readonly labels: Int32Array<SharedArrayBuffer>;
  /** The natural owner of each example (a writer, a speaker), an index into the dataset's `owners`. */
  readonly owner?: Int32Array<SharedArrayBuffer>;
}

export interface Dataset {
  readonly name: string;
  readonly classes: number;
  readonly classNames?: readonly string[];
  readonly train: ExampleSet;
  readonly test: ExampleSet;
  /** Names of the natural owners, where the data has them. */
  readonly owners?: readonly string[];
  /** SHA-256 of every file it was read from, for the record of a run. */
  readonly checksums: Readonly<Record<string, string>>;
}
