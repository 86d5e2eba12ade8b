/** What a codec is: a lossy or lossless way to lay down a vector. Pure and deterministic: one input, one output. */
import type { Tensor } from '../tensor.js';

export interface Codec {
  /** Also for messages to clients and between nodes, whose vectors may be whole models; else for answers only. */
  readonly everywhere: boolean;
  /** Whether a client adds what an answer lost to its next one. */
  readonly feedback: boolean;
  /** The vector as bytes. A view of it where nothing changes. */
  encode(vector: Float32Array): Tensor;
  /** How many bytes that takes, by the vector's length. */
  bytes(length: number): number;
}
