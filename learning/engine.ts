/**
 * The seam between algorithms and arithmetic. An engine trains, differentiates and evaluates one model on one
 * client's examples; what is not passed in is not remembered.
 */
import type { Model } from './model.js';

/** How one example's input is stored, and how a stored number x becomes an input: x · scale + shift. */
export interface InputFormat {
  readonly shape: readonly number[];
  readonly type: 'uint8' | 'float32';
  readonly scale: number;
  readonly shift: number;
}

/** Labelled examples, such as one client's shard. Reading is by copy, so that a shard may transform. */
export interface Examples {
  readonly count: number;
  readonly input: InputFormat;
  /** Copies example `index`'s stored input (its bytes, also where they are float32) to `into` at byte `at`. */
  copyInput(index: number, into: Uint8Array, at: number): void;
  /** The class, 0 ≤ label < classes. */
  label(index: number): number;
}

/** Changes example `index`'s stored input in place. */
export type Transform = (input: Uint8Array, index: number) => void;

/** A place in a client's endless sequence of epochs: the next example to train on. */
export interface Cursor {
  readonly epoch: number;
  /** How many examples of that epoch's order are used up. */
  readonly position: number;
}

/** SGD with momentum (Nesterov's or not) and weight decay. */
export interface SgdSettings {
  readonly kind: 'sgd';
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

/** Adam, whose decay is a part of the gradient, and AdamW, whose decay is not. */
export interface AdamSettings {
  readonly kind: 'adam' | 'adamw';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** One local optimizer's settings. */
export type OptimizerSettings = SgdSettings | AdamSettings;

/** What an optimizer remembers from step to step. */
export interface OptimizerState {
  /** Steps taken so far. */
  readonly steps: number;
  /** Vectors of the weights' shape, by the names that `momentNames` gives. */
  readonly moments: Readonly<Record<string, Float32Array>>;
}

/** The vectors that an optimizer keeps: SGD's velocity where it has momentum, Adam's moments m and v. */
export function momentNames(optimizer: OptimizerSettings): readonly string[] {
  if (optimizer.kind !== 'sgd') return ['firstMoment', 'secondMoment'];
  return optimizer.momentum === 0 ? [] : ['velocity'];
}

/** How much to train: passes over all examples, or optimizer steps of one batch each. */
export type Amount = { readonly epochs: number } | { readonly steps: number };

export interface TrainRequest {
  readonly model: Model;
  /** Where training starts; left as it is. */
  readonly weights: Float32Array;
  readonly examples: Examples;
  /** The order of an epoch's examples: a permutation of 0 … count − 1, a pure function of the epoch. */
  readonly order: (epoch: number) => Uint32Array;
  /** Examples a step; 'all' is one step an epoch. A last, smaller batch of an epoch is a step of its own. */
  readonly batchSize: number | 'all';
  /** Epochs are whole ones, from the cursor's epoch on. */
  readonly amount: Amount;
  readonly cursor?: Cursor;
  readonly optimizer: OptimizerSettings;
  /** The learning rate of a step, counted from 0 in this call. */
  readonly rate: (step: number) => number;
  /** What the optimizer remembers of earlier calls; left out, it starts afresh. */
  readonly optimizerState?: OptimizerState;
  /** Adds mu · (w − anchor) to the gradient (FedProx, FedDyn). */
  readonly proximal?: { readonly mu: number; readonly anchor: Float32Array };
  /** A vector added to every gradient (SCAFFOLD's c − cᵢ, FedDyn's −gₖ). */
  readonly linear?: Float32Array;
  /** Clips the norm of each step's gradient, before decay and the terms above. */
  readonly clip?: number;
  /**
   * Two 32-bit integers that a step's random choices follow from (dropout), a pure function of the step, counted from
   * 0 in this call.
   */
  readonly chance?: (step: number) => readonly [number, number];
  /** How inputs are changed in an epoch (crops, flips), a pure function of the epoch. */
  readonly augment?: (epoch: number) => Transform;
  /** The first so many layers keep their weights (FedMA retrains only the rest). */
  readonly frozenLayers?: number;
}

export interface TrainResult {
  readonly weights: Float32Array<ArrayBuffer>;
  /** Given where the optimizer keeps moments. */
  readonly optimizerState?: OptimizerState;
  readonly cursor: Cursor;
  readonly steps: number;
  /** Mean loss over the examples trained on, each measured just before its own step. */
  readonly loss: number;
}

export interface GradientResult {
  /** Zero at running statistics, which have no gradient. */
  readonly gradient: Float32Array<ArrayBuffer>;
  /** The mean loss. */
  readonly loss: number;
  /** The model's running statistics after the pass, in the manifest's order; empty where it has none. */
  readonly statistics: Float32Array<ArrayBuffer>;
}

/** Sums over examples, so that parts of a test set can be added up. */
export interface Evaluation {
  readonly correct: number;
  readonly lossSum: number;
  /** How many were foretold: examples, or their tokens where the model gives a sequence of logits. */
  readonly count: number;
}

/** Which labels count in Fisher information: all classes by their predicted probability, or the examples' labels. */
export type FisherOver = 'classes' | 'labels';

export interface Engine {
  readonly kind: string;
  /** Changes whenever the engine's arithmetic does: two hosts with equal hashes give equal bits. */
  readonly kernelHash: string;
  /** Which kernels run, where there is a choice; no bit depends on it. */
  readonly kernels?: string;
  /** Makes what the model needs. @throws Error that says why the engine cannot train it */
  prepare?(model: Model): void;
  train(request: TrainRequest): TrainResult;
  /** Gives the engine the memory of a result that nobody reads any more: a later one may be made of it. */
  recycle?(buffer: ArrayBuffer): void;
  /**
   * The mean gradient of the loss over all examples, by a pass forward and backward like a training step's.
   * @param chance what dropout follows from; needed where the model has some
   */
  gradient(
    model: Model,
    weights: Float32Array,
    examples: Examples,
    chance?: readonly [number, number],
  ): GradientResult;
  /** Loss and hits on the examples from `from` up to, not including, `to`. */
  evaluate(model: Model, weights: Float32Array, examples: Examples, from?: number, to?: number): Evaluation;
  /** The diagonal of the Fisher information: means over the examples of squared gradients. */
  fisher(
    model: Model,
    weights: Float32Array,
    examples: Examples,
    over: FisherOver,
  ): Float32Array<ArrayBuffer>;
  /** One row of logits an example (the last one of a sequence), row-major [count, classes]. */
  predict(model: Model, weights: Float32Array, examples: Examples): Float32Array<ArrayBuffer>;
}
