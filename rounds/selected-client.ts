/** Clients whose answers are awaited, and what each was sent: tensors are encoded once, kept, and sent as they are. */
import type { Payload } from '../algorithms/index.js';
import { CodecRangeError, decodeVector, type Codec, type Tensor } from '../protocol/index.js';

export interface SelectedClient {
  readonly client: number;
  /** The round in which it was asked. */
  readonly start: number;
  readonly header: Payload['header'];
  /** The vectors of its message by name, as the codec encoded them. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/**
 * Encodes the messages of a round; a vector that many are sent is encoded once. They throw CodecRangeError where the
 * codec cannot carry a vector, which names the round.
 */
export function messageEncoder(
  codec: Codec,
  round: number,
): (message: Payload) => Pick<SelectedClient, 'header' | 'tensors'> {
  const known = new Map<Float32Array, Tensor>();
  const encode = (vector: Float32Array) => {
    const tensor = known.get(vector) ?? encodeOr(codec, vector, `round ${round}, to clients`);
    known.set(vector, tensor);
    return tensor;
  };
  return ({ header, vectors }) => ({
    header,
    tensors: Object.fromEntries(Object.entries(vectors).map(([name, vector]) => [name, encode(vector)])),
  });
}

/** @param where what the sentence begins with where the codec cannot carry the vector */
export function encodeOr(codec: Codec, vector: Float32Array, where: string): Tensor {
  try {
    return codec.encode(vector);
  } catch (error) {
    if (!(error instanceof CodecRangeError)) throw error;
    throw new CodecRangeError(`${where}: ${error.message}`);
  }
}

const decoded = new WeakMap<Tensor, Float32Array>();

/** The message as the client receives it: clients that were sent the same tensor share its vector. */
export function receivedMessage({ header, tensors }: Pick<SelectedClient, 'header' | 'tensors'>): Payload {
  const received = (tensor: Tensor) => {
    const vector = decoded.get(tensor) ?? decodeVector(tensor, tensor.length);
    decoded.set(tensor, vector);
    return vector;
  };
  return {
    header,
    vectors: Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, received(tensor)])),
  };
}
