/** Partitions: which client holds which training examples. */
import type { Choice } from '../registry/index.js';
import type { SharedUint32 } from './shared-arrays.js';

/**
 * The examples of each client. A partition is a pure function of the labels, its options and the seed, so every process can
 * compute it; `indices` may be computed on demand. A client's indices ascend; an example that it drew twice is there twice.
 */
export interface Partition {
  readonly clients: number;
  size(client: number): number;
  /** Indices into the training set. */
  indices(client: number): Uint32Array;
  /** The form that is sent to another thread; by default lists of indices. */
  share?(): SharedPartition;
}

export interface PartitionContext {
  readonly seed: number;
  /**
   * The class of each training example, in [0, classes). A generated set generates all examples when this is first read,
   * which is slow: a partition that does not need labels does not read it.
   */
  readonly labels: Int32Array;
  readonly classes: number;
  /** The natural owner of each example, an index into `owners`. */
  readonly owner?: Int32Array;
  readonly owners?: readonly string[];
}

/** Client c holds `indices[offsets[c]]`, …, `indices[offsets[c + 1] − 1]` (compressed sparse rows). */
export interface Lists {
  readonly offsets: SharedUint32;
  readonly indices: SharedUint32;
}

/** A partition as `postMessage` sends it to a thread, without a copy; see `openPartition`. */
export type SharedPartition =
  | ({ readonly kind: 'lists' } & Lists)
  | { readonly kind: 'recipe'; readonly choice: Choice; readonly context: PartitionContext }
  | {
      readonly kind: 'held-out';
      readonly of: SharedPartition;
      readonly fraction: number;
      readonly seed: number;
      readonly part: 'train' | 'validation';
    }
  | { readonly kind: 'subset'; readonly of: SharedPartition; readonly examples: Uint32Array };
