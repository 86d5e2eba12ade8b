/** Feature skews, and stored inputs as images: their size, and their values at any byte offset. */
import { z } from 'zod';
import { stream } from '../../numerics/index.js';
import type { InputFormat, Transform } from '../../learning/index.js';

export interface FeatureContext {
  readonly seed: number;
  readonly clients: number;
  readonly input: InputFormat;
  /** The class of each training example, in [0, classes). */
  readonly labels: Int32Array;
  readonly classes: number;
}

/** Examples that no client trains on. */
export interface HeldOutSet {
  readonly on: 'test' | 'validation';
  /** Indices into the test set or, for a validation part, into the training set. */
  readonly indices: Uint32Array;
  /** The class of an example. */
  readonly label: (index: number) => number;
}

export interface FeatureSkew {
  /** The format of transformed inputs, if it differs from the dataset's: its bytes as float32. */
  readonly input?: InputFormat;
  /** The transform of a client's inputs; undefined if they do not change. */
  readonly client: (client: number) => Transform | undefined;
  /** The transform of test and validation inputs; undefined if they do not change. */
  readonly heldOut?: (set: HeldOutSet) => Transform | undefined;
}

/** The option that transforms test and validation inputs as clients' inputs. */
export const testAsClients = z
  .literal('clients')
  .optional()
  .describe(
    'clients: each test or validation example is transformed as for a client that is drawn for it; by default they do not change.',
  );

/** The number of clients whose transforms are cached. */
const CACHED_CLIENTS = 256;

/** Transforms each example as for a client that is drawn for it. */
export function transformAsClients(
  { seed, clients }: FeatureContext,
  { on }: HeldOutSet,
  transformOf: FeatureSkew['client'],
): Transform {
  const known = new Map<number, Transform | undefined>();
  return (input, index) => {
    const client = Math.floor(stream(seed, 'features', 'held out', on, index)() * clients);
    if (!known.has(client)) {
      if (known.size >= CACHED_CLIENTS) known.clear();
      known.set(client, transformOf(client));
    }
    known.get(client)?.(input, index);
  };
}

/** The dataset cannot have this feature skew; the message says which it can have. */
export class FeatureError extends Error {
  override readonly name = 'FeatureError';
}

export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** @throws FeatureError, in the name of the feature skew `kind`, if inputs are not images */
export function imageSize({ shape }: InputFormat, kind: string): ImageSize {
  if (shape.length !== 2 && shape.length !== 3) {
    throw new FeatureError(
      `${kind} needs images (height × width × channels); the inputs of this dataset have the shape ` +
        `[${shape.join(', ')}]: choose the feature skew 'none'`,
    );
  }
  const [height, width, channels = 1] = shape;
  return { height, width, channels };
}

/** Stored values: assigning to bytes rounds (half to even) and clamps. */
export type StoredValues = Uint8ClampedArray | Float32Array;

/** The transform that changes an input's values in place with `change`. */
export function valueTransform(
  format: InputFormat,
  change: (numbers: StoredValues, index: number) => void,
): Transform {
  if (format.type === 'uint8') {
    return (input, index) => {
      change(new Uint8ClampedArray(input.buffer, input.byteOffset, input.length), index);
    };
  }
  // A float32 input may start at an offset that is not a multiple of four.
  const numbers = new Float32Array(format.shape.reduce((product, extent) => product * extent, 1));
  const bytes = new Uint8Array(numbers.buffer);
  return (input, index) => {
    bytes.set(input);
    change(numbers, index);
    input.set(bytes);
  };
}
