/** Partitions: who holds which training examples. */

/**
 * Which examples each client holds. A partition is a pure function of the labels, its options and the seed,
 * so any party can make it again; `indices` may be computed on demand.
 */
export interface Partition {
  readonly clients: number;
  size(client: number): number;
  /** Indices into the training set. */
  indices(client: number): Uint32Array;
}
