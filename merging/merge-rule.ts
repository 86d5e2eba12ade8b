/**
 * The seam of merging: several models of one manifest become one. A protocol says when and with whom; a merge rule
 * says how. Servers (which have no model of their own), gossip nodes and tools on checkpoints use the same rules.
 */
import type { Manifest } from '../learning/index.js';
import type { Stream, StreamName } from '../numerics/index.js';
import type { Part } from './part.js';

/** What a rule gets when it is made. */
export interface MergeContext {
  readonly manifest: Manifest;
  /** The population variance of each of the manifest's tensors at initialisation; see `tensorVariances`. */
  readonly initialVariance: ArrayLike<number>;
}

/** One model, and what stands behind it. */
export interface Contribution {
  /** Flat, as the manifest says. */
  readonly weights: Float32Array;
  /** How many examples it was trained on; any non-negative weight will do. */
  readonly samples: number;
  /** How many updates it has seen, where the protocol counts them. */
  readonly age?: number;
}

/** A model that came in. With a `part`, its weights are those of that part only, one after another. */
export interface Received extends Contribution {
  readonly part?: Part;
}

/** What a merge takes besides the models that came in. */
export interface MergeSetting {
  /** The model of whoever merges; a server has none. It is left as it is, unless it is also `into`. */
  readonly own?: Contribution;
  /**
   * The own model's share β in the mean, 0 ≤ β ≤ 1, where the protocol sets it; else the rule's option says. Rules that
   * are no weighted mean treat the own model as one among the received and take no heed of it.
   */
  readonly share?: number;
  /** What all models started from, for rules that merge differences from it. */
  readonly base?: Float32Array;
  /** Named streams of this merge, for rules that draw. */
  readonly stream?: (...name: StreamName) => Stream;
  /** Where the result goes, e.g. `own.weights`; a new array where it is left out. */
  readonly into?: Float32Array;
}

export interface MergeInput extends MergeSetting {
  /** In an order that does not depend on arrival: by sender, then sequence. Sums run in this order. */
  readonly received: readonly Received[];
}

/** What a merge tells the metrics. */
export interface MergeReport {
  /** How often something happened, e.g. `clamped`. Of a merge in several parts, counts are added up. */
  readonly counts: Readonly<Record<string, number>>;
  /** Measured figures, e.g. `factor/dense1/kernel`. Of a merge in several parts, the last part's stand. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface Merged {
  readonly weights: Float32Array;
  /** The result's age: the largest of all; left out where no model has one. */
  readonly age?: number;
  readonly report: MergeReport;
}

/** Models of one part summed so far. Plain data, as large as one model of that part. */
export interface RunningSum {
  readonly part?: Part;
  /** Σ coefficient · weights. */
  readonly values: Float32Array;
  /** Σ coefficient · variance of each tensor, where the rule needs it. */
  readonly variances: Float64Array;
  /** Σ coefficient. */
  total: number;
  count: number;
  age?: number;
}

/** What a fold holds instead of the models: plain data that a checkpoint can keep. One sum for each part met. */
export interface Accumulator {
  readonly sums: RunningSum[];
}

/** A merge one model at a time, in the memory of one model instead of all; the bits are those of `merge`. */
export interface Fold {
  start(): Accumulator;
  /** Takes the next model in; `model.weights` is free afterwards. */
  add(accumulator: Accumulator, model: Received): void;
  finish(accumulator: Accumulator, setting: MergeSetting): Merged;
}

export interface MergeRule {
  /** @throws Error where nothing is left to merge, lengths do not fit or the rule lacks something it needs */
  merge(input: MergeInput): Merged;
  /** Given by rules that need not hold all received models at once. */
  readonly fold?: Fold;
}

export const noReport: MergeReport = { counts: {}, figures: {} };
