/** Partitions: who holds which training examples. */
import type { Choice } from '../registry/index.js';
import type { SharedUint32 } from './shared-arrays.js';

/**
 * Which examples each client holds. A partition is a pure function of the labels, its options and the seed,
 * so any party can make it again; `indices` may be computed on demand. A client's indices ascend (an example
 * that it drew twice stands there twice): whoever wants another order shuffles.
 */
export interface Partition {
  readonly clients: number;
  size(client: number): number;
  /** Indices into the training set. */
  indices(client: number): Uint32Array;
  /** How another thread gets it; a partition that does not say is sent as lists. */
  share?(): SharedPartition;
}

/** What a partition is made from, besides its options. */
export interface PartitionContext {
  readonly seed: number;
  /**
   * The class of each training example, in [0, classes). Of a generated set they are drawn when this is first read,
   * which takes long where there are many: a partition that does not need them leaves them alone.
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

/** What `postMessage` takes to hand a partition to a thread without a copy; see `openPartition`. */
export type SharedPartition =
  | ({ readonly kind: 'lists' } & Lists)
  | { readonly kind: 'recipe'; readonly choice: Choice; readonly context: PartitionContext }
  | {
      readonly kind: 'held-out';
      readonly of: SharedPartition;
      readonly share: number;
      readonly seed: number;
      readonly part: 'train' | 'validation';
    }
  | { readonly kind: 'subset'; readonly of: SharedPartition; readonly examples: Uint32Array };
