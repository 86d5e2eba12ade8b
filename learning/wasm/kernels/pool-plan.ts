/** Where a pooling layer's windows lie, in groups that see equally much of the image. */
import { windowsAlong, type Windows } from '../../layers/conv2d.js';

/** Windows that follow one another along an axis and lose the same part to the border. */
export interface Stretch {
  readonly count: number;
  /** Where the first one's first number in the image is. */
  readonly first: number;
  /** How many numbers a window has along the axis. */
  readonly extent: number;
}

export function stretches(extent: number, windows: Windows): Stretch[] {
  const { count, before } = windowsAlong(extent, windows);
  const found: { count: number; first: number; extent: number }[] = [];
  for (let i = 0; i < count; i++) {
    const from = i * windows.stride - before;
    const first = Math.max(0, from);
    const seen = Math.min(extent, from + windows.kernel) - first;
    const last = found.at(-1);
    const follows = last?.extent === seen && first === last.first + last.count * windows.stride;
    if (follows) last.count += 1;
    else found.push({ count: 1, first, extent: seen });
  }
  return found;
}

/** One example of a pooling layer; offsets are in bytes. */
export interface PoolPlan {
  readonly of: 'max' | 'average';
  readonly down: readonly Stretch[];
  readonly across: readonly Stretch[];
  readonly stride: number;
  readonly line: number;
  readonly pixel: number;
  /** Bytes of an example of the image. */
  readonly bytes: number;
  /** Whether windows share pixels. */
  readonly overlap: boolean;
  /** Whether the image went through a ReLU. */
  readonly relu: boolean;
}
