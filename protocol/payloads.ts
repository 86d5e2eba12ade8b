/**
 * Vectors of messages and answers ↔ tensors. Simulator and network both send vectors through these, so that a lossy
 * codec changes both in the same way, to the bit.
 */
import { STATISTICS } from '../learning/index.js';
import type { Codec } from './codecs/index.js';
import { exactly } from './codecs/float32.js';
import { decodeFloat16 } from './codecs/float16.js';
import { checkInt8, decodeInt8 } from './codecs/int8.js';
import { decodeTopK } from './codecs/top-k.js';
import { ProtocolError } from './codes.js';
import type { Tensor } from './tensor.js';

type Vectors = Readonly<Record<string, Float32Array>>;

/** What a client's answers have lost so far, by the names of their vectors; part of its state. */
export type Residuals = Readonly<Record<string, Float32Array>>;

/** The codec of messages to clients and between nodes. */
export const messageCodec = (codec: Codec): Codec => (codec.everywhere ? codec : exactly);

/**
 * The codec of one of an answer's vectors. Running statistics are a part of a model, not a change of one: what leaves
 * numbers out would make them zero.
 */
export const answerCodec = (codec: Codec, name: string): Codec =>
  name === STATISTICS ? messageCodec(codec) : codec;

/** How many bytes the vectors of an answer take, by their lengths. */
export const answerBytes = (codec: Codec, lengths: Readonly<Record<string, number>>): number =>
  Object.entries(lengths).reduce((sum, [name, length]) => sum + answerCodec(codec, name).bytes(length), 0);

/** Whether vectors come out at the other end as they were. */
export const isExact = (codec: Codec): boolean => codec === exactly;

/**
 * A client's answer. With error feedback, e being what was lost before: Q(Δ + e) is sent and e ← Δ + e − Q(Δ + e).
 * A vector whose length changed (the model has grown) begins with e = 0 again. Running statistics have no e, which could
 * make variances negative.
 * @returns the tensors, and the client's next residuals, which count once the round does
 */
export function encodeAnswer(
  codec: Codec,
  vectors: Vectors,
  residuals: Residuals = {},
): { readonly tensors: Readonly<Record<string, Tensor>>; readonly residuals: Residuals } {
  const tensors: Record<string, Tensor> = {};
  const lost: Record<string, Float32Array> = {};
  for (const [name, vector] of Object.entries(vectors)) {
    const feedback = codec.feedback && name !== STATISTICS;
    const before = feedback && Object.hasOwn(residuals, name) ? residuals[name] : undefined;
    const whole = before?.length === vector.length ? vector.map((value, i) => value + before[i]) : vector;
    const tensor = answerCodec(codec, name).encode(whole);
    tensors[name] = tensor;
    if (!feedback) continue;
    const sent = decodeVector(tensor, vector.length);
    lost[name] = whole.map((value, i) => value - sent[i]);
  }
  return { tensors, residuals: lost };
}

/** Whether a tensor of the codec's encoding decodes, so that threads can later. @throws ProtocolError where it does not */
export function checkVector(tensor: Tensor, codec: Codec): void {
  const { encoding, length, bytes } = tensor;
  if (bytes.length !== codec.bytes(length)) {
    throw new ProtocolError(
      'malformed',
      `${length} numbers came as ${bytes.length} bytes of ${encoding}; the recipe's codec makes ${codec.bytes(length)}`,
    );
  }
  if (encoding === 'int8') checkInt8(tensor);
}

/**
 * The vector that a tensor stands for: a view where it is float32.
 * @param length how many numbers it must have; no memory is taken for another length
 * @throws ProtocolError where the bytes are not right, or the tensor is of whole numbers
 */
export function decodeVector(tensor: Tensor, length: number): Float32Array {
  if (tensor.length !== length) {
    throw new ProtocolError('malformed', `a vector of ${tensor.length} numbers came; it must have ${length}`);
  }
  const placed = aligned(tensor);
  switch (placed.encoding) {
    case 'float32':
      return new Float32Array(placed.bytes.buffer, placed.bytes.byteOffset, length);
    case 'float16':
      return decodeFloat16(placed);
    case 'int8':
      return decodeInt8(placed);
    case 'top-k':
      return decodeTopK(placed);
    default:
      throw new ProtocolError('malformed', `a tensor of ${placed.encoding} is not a vector of floats`);
  }
}

/** Tensors of frames are aligned; those that a checkpoint is read from need not be. */
const aligned = (tensor: Tensor): Tensor =>
  tensor.bytes.byteOffset % 4 === 0 ? tensor : { ...tensor, bytes: tensor.bytes.slice() };
