/** Stored inputs as images: their extents, and their numbers wherever the bytes lie. */
import type { InputFormat } from '../dataset.js';
import type { Transform } from '../shard.js';

/** What a feature skew is made from, besides its options. */
export interface FeatureContext {
  readonly seed: number;
  readonly clients: number;
  readonly input: InputFormat;
  /** The class of each training example, in [0, classes). */
  readonly labels: Int32Array;
  readonly classes: number;
}

/** How a client's inputs are changed; left out where they are not. */
export type FeatureSkew = (client: number) => Transform | undefined;

/** A feature skew that this data set cannot have: a sentence that says what it can. */
export class FeatureError extends Error {
  override readonly name = 'FeatureError';
}

export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** @throws FeatureError where inputs of this shape are no images; `kind` is who asks */
export function imageSize({ shape }: InputFormat, kind: string): ImageSize {
  if (shape.length !== 2 && shape.length !== 3) {
    throw new FeatureError(
      `${kind} changes images (height × width × channels); the inputs of this data set have the shape ` +
        `[${shape.join(', ')}]: choose the feature skew 'none'`,
    );
  }
  const [height, width, channels = 1] = shape;
  return { height, width, channels };
}

/** Stored numbers: assigning to bytes rounds (half to even) and clamps. */
export type Numbers = Uint8ClampedArray | Float32Array;

/** The transform that changes an input's numbers in place by `change`. */
export function onNumbers(format: InputFormat, change: (numbers: Numbers, index: number) => void): Transform {
  if (format.type === 'uint8') {
    return (input, index) => {
      change(new Uint8ClampedArray(input.buffer, input.byteOffset, input.length), index);
    };
  }
  // The bytes of a float32 input need not lie at a multiple of four.
  const numbers = new Float32Array(format.shape.reduce((product, extent) => product * extent, 1));
  const bytes = new Uint8Array(numbers.buffer);
  return (input, index) => {
    bytes.set(input);
    change(numbers, index);
    input.set(bytes);
  };
}
