/** What a feature skew is, and stored inputs as images: their extents, and their numbers wherever the bytes lie. */
import { z } from 'zod';
import { stream } from '../../numerics/index.js';
import type { InputFormat, Transform } from '../../learning/index.js';

/** What a feature skew is made from, besides its options. */
export interface FeatureContext {
  readonly seed: number;
  readonly clients: number;
  readonly input: InputFormat;
  /** The class of each training example, in [0, classes). */
  readonly labels: Int32Array;
  readonly classes: number;
}

/** Examples that nobody trains on. */
export interface HeldOutSet {
  readonly on: 'test' | 'validation';
  /** Their places in the test set or, for a validation part, in the training set. */
  readonly indices: Uint32Array;
  /** The class of the example at a place. */
  readonly label: (index: number) => number;
}

export interface FeatureSkew {
  /** How inputs are stored before they are changed, where that is not as in the data set: its bytes as float32. */
  readonly input?: InputFormat;
  /** How a client's inputs are changed; undefined where they are not. */
  readonly client: (client: number) => Transform | undefined;
  /** How inputs of the test set and of a validation part are changed; left out or undefined where they are not. */
  readonly heldOut?: (set: HeldOutSet) => Transform | undefined;
}

/** Test and validation inputs as clients see theirs, or as they are. */
export const testAsClients = z
  .literal('clients')
  .optional()
  .describe(
    'clients: each test or validation example is changed as for a client that is drawn for it, all alike; left out, tests see inputs as they are.',
  );

/** Clients whose transforms are remembered. */
const REMEMBERED = 256;

/** Changes each example as for a client that is drawn for it. */
export function transformAsClients(
  { seed, clients }: FeatureContext,
  { on }: HeldOutSet,
  transformOf: FeatureSkew['client'],
): Transform {
  const known = new Map<number, Transform | undefined>();
  return (input, index) => {
    const client = Math.floor(stream(seed, 'features', 'held out', on, index)() * clients);
    if (!known.has(client)) {
      if (known.size >= REMEMBERED) known.clear();
      known.set(client, transformOf(client));
    }
    known.get(client)?.(input, index);
  };
}

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
export type StoredValues = Uint8ClampedArray | Float32Array;

/** The transform that changes an input's numbers in place by `change`. */
export function valueTransform(
  format: InputFormat,
  change: (numbers: StoredValues, index: number) => void,
): Transform {
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
