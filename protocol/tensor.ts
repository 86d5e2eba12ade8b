/** Tensors of a message: named runs of raw bytes, of a known encoding. */

import { ProtocolError } from './codes.js';

/** The encodings of a tensor’s values; the codes on the wire are these. */
export const encodings = {
  float32: 1,
  float16: 2,
  /** Blocks of 8-bit integers, each block with a float32 scale. */
  int8: 3,
  /** The largest entries of a vector: their places (uint32) and their values (float32). */
  'top-k': 4,
  uint32: 5,
  int64: 6,
  bytes: 7,
} as const;

export type Encoding = keyof typeof encodings;

export interface Tensor {
  readonly encoding: Encoding;
  /** How many numbers it stands for: those of the vector before it was encoded. */
  readonly length: number;
  /** Aligned to 8 bytes where it was decoded from a frame. A view into the frame, not a copy. */
  readonly bytes: Uint8Array;
}

/** By name, in the order in which they are sent. */
export type Tensors = ReadonlyMap<string, Tensor>;

/** Bytes of each value, in encodings that store one after another. */
const widths: Readonly<Partial<Record<Encoding, number>>> = {
  float32: 4,
  float16: 2,
  uint32: 4,
  int64: 8,
  bytes: 1,
};

/** @throws ProtocolError where the bytes cannot be those of so many numbers */
export function checkTensorBytes(name: string, { encoding, length, bytes }: Tensor): void {
  const width = widths[encoding];
  if (width === undefined || bytes.length === width * length) return;
  throw new ProtocolError(
    'malformed',
    `the tensor '${name}' of ${length} × ${encoding} has ${bytes.length} bytes; it must have ${width * length}`,
  );
}

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
if (!LITTLE_ENDIAN) throw new Error('this machine is big-endian; the protocol is only spoken on others');

type Numbers = Float32Array | Uint32Array | BigInt64Array | Uint8Array;

const bytesOf = ({ buffer, byteOffset, byteLength }: Numbers) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** A tensor of the numbers as they are: a view, so they must not change before the message is sent. */
export function tensorOf(numbers: Numbers): Tensor {
  const { length } = numbers;
  const bytes = bytesOf(numbers);
  if (numbers instanceof Float32Array) return { encoding: 'float32', length, bytes };
  if (numbers instanceof Uint32Array) return { encoding: 'uint32', length, bytes };
  if (numbers instanceof BigInt64Array) return { encoding: 'int64', length, bytes };
  return { encoding: 'bytes', length, bytes };
}

interface Plain {
  readonly float32: Float32Array;
  readonly uint32: Uint32Array;
  readonly int64: BigInt64Array;
  readonly bytes: Uint8Array;
}

const views: { readonly [Kind in keyof Plain]: (bytes: Uint8Array, length: number) => Plain[Kind] } = {
  float32: ({ buffer, byteOffset }, length) => new Float32Array(buffer, byteOffset, length),
  uint32: ({ buffer, byteOffset }, length) => new Uint32Array(buffer, byteOffset, length),
  int64: ({ buffer, byteOffset }, length) => new BigInt64Array(buffer, byteOffset, length),
  bytes: ({ buffer, byteOffset }, length) => new Uint8Array(buffer, byteOffset, length),
};

/**
 * The values of a tensor that are encoded as they are: a view of the frame that it came in.
 * @throws ProtocolError where the tensor is missing or has another encoding
 */
export function numbersOf<Kind extends keyof Plain>(
  tensors: Tensors,
  name: string,
  encoding: Kind,
): Plain[Kind] {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new ProtocolError('malformed', `the message lacks its tensor '${name}'`);
  if (tensor.encoding !== encoding) {
    throw new ProtocolError(
      'malformed',
      `the tensor '${name}' is ${tensor.encoding}; it must be ${encoding}`,
    );
  }
  return views[encoding](tensor.bytes, tensor.length);
}
