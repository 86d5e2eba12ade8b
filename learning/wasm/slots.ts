/** Where the values between two layers lie, and the loss's derivatives by them. */
import { padded } from './panels.js';

/** One example's values: `positions` times `channels` numbers, each position padded with zeros to `stride` numbers. */
export interface Layout {
  readonly positions: number;
  readonly channels: number;
  readonly stride: number;
  /**
   * Whether the values went through a ReLU. Derivatives are then those by the values before it: whoever writes them
   * leaves out those of values that are not positive.
   */
  readonly relu: boolean;
}

/** Addresses of the first example's numbers; the next one's follow at once. */
export interface Slot extends Layout {
  readonly values: number;
  /** The model's inputs have none. */
  readonly deltas: number | undefined;
}

export const layout = (positions: number, channels: number, relu = false): Layout => ({
  positions,
  channels,
  stride: padded(channels),
  relu,
});

/** Bytes from one example to the next. */
export const exampleBytes = ({ positions, stride }: Layout) => 4 * positions * stride;
