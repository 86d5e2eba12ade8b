/** Reads single examples of a set, stored or generated. */
export interface ExampleReader {
  /** Copies the stored input of example `index` as bytes, also if it is float32, to `into` at byte `at`. */
  copyInput(index: number, into: Uint8Array, at: number): void;
  label(index: number): number;
}
