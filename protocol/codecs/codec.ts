/** What a codec is: a lossy or lossless encoding of a vector. Pure and deterministic: one input, one output. */
import type { Encoding, Tensor } from '../tensor.js';

/** A finite number that a codec cannot carry: the sentence says which, and what to do. */
export class CodecRangeError extends Error {
  override name = 'CodecRangeError';
}

export interface Codec {
  /** Of its tensors. */
  readonly encoding: Encoding;
  /** Also for messages to clients and between nodes, whose vectors may be whole models; else for answers only. */
  readonly everywhere: boolean;
  /** Whether a client adds what an answer lost to its next one. */
  readonly feedback: boolean;
  /**
   * The vector as bytes. A view of it where nothing changes. What comes out again is encoded to the same bytes.
   * @throws CodecRangeError where a finite number would not be one at the other end
   */
  encode(vector: Float32Array): Tensor;
  /** How many bytes that takes, by the vector's length. */
  bytes(length: number): number;
}
