/**
 * The map of an engine's memory: addresses that are the same for every model (settings, sums), and the addresses that
 * the planner assigns for one model. Kernels carry both as constants, which leaves the registers to sums.
 */
import type { Panels } from './panels.js';
import type { Slot } from './slots.js';

/** Addresses of the settings (float32) that kernels read; with Adam `momentum` is β₁. */
export const settings = {
  rate: 0,
  momentum: 4,
  weightDecay: 8,
  mu: 12,
  clipScale: 16,
  inputScale: 20,
  inputShift: 24,
  batchSize: 28,
  oneMinusBeta1: 44,
  beta2: 48,
  oneMinusBeta2: 52,
  secondScale: 56,
  epsilon: 60,
  /** Two integers that seed a step's random draws. */
  chance: 64,
} as const;
export type Setting = keyof typeof settings;

/** Addresses of the sums that kernels add to: losses (float64), and hits (an integer). */
export const sums = { loss: 32, hits: 40 } as const;

/** The first address after settings and sums. */
export const SETTINGS_END = 128;

/** Distances from the weights' panels to the panels of other vectors of the same shape, in bytes. */
export interface Distance {
  /** The optimizer's vectors: velocity, or Adam's m; and Adam's v. */
  readonly firstMoment: number;
  readonly secondMoment: number;
  readonly anchor: number;
  readonly linear: number;
  readonly gradient: number;
}

/** How examples' inputs are stored. */
export interface StoredInput {
  readonly type: 'uint8' | 'float32';
  /** Values of one input. */
  readonly inputs: number;
}

/** The window of examples that the feed copies in: their stored inputs and labels. */
export interface StoredExamples extends StoredInput {
  /** Bytes of one stored input. */
  readonly bytes: number;
  readonly at: number;
  readonly labels: number;
  /** Capacity in examples. */
  readonly rows: number;
}

/** Addresses of arrays with the logits' layout: the teacher's logits, and the exponentials of both tempered logits. */
export interface Distilled {
  readonly teacher: number;
  readonly teacherExponentials: number;
  readonly exponentials: number;
}

/** Addresses for one model. */
export interface MemoryMap {
  /** Weights that are trained, layer after layer, from `panelsStart` to `trainedEnd`. */
  readonly panels: readonly Panels[];
  /** Running statistics, from `trainedEnd` to `panelsEnd`. */
  readonly statistics: readonly Panels[];
  readonly panelsStart: number;
  readonly trainedEnd: number;
  readonly panelsEnd: number;
  readonly distance: Distance;
  /** A vector in the manifest's order, on its way into panels or out of them. */
  readonly flat: number;
  readonly stored: StoredExamples;
  /** The logits, and the loss's derivatives by them. */
  readonly logits: Slot & { readonly deltas: number };
  /** The tokens to predict, one a position, for models with a sequence of logits. */
  readonly targets: number;
  /** Present if the loss is distillation. */
  readonly distilled: Distilled | undefined;
  /** Bytes. */
  readonly size: number;
}
