/** Half precision: 2 bytes a number. */
import { define } from '../../registry/index.js';
import type { Tensor } from '../tensor.js';
import { CodecRangeError, type Codec } from './codec.js';
import { fromHalfBits, halfBits } from './half.js';

export const float16 = define({
  kind: 'float16',
  summary: 'Half precision, 2 bytes a number, in every direction.',
  options: {},
  create: (): Codec => ({
    encoding: 'float16',
    everywhere: true,
    feedback: false,
    encode,
    bytes: (length) => 2 * length,
  }),
});

const MAGNITUDE = 0x7fff;
const INFINITE = 0x7c00;

function encode(vector: Float32Array): Tensor {
  const halves = Uint16Array.from(vector, halfBits);
  const lost = halves.findIndex((half, i) => (half & MAGNITUDE) === INFINITE && Number.isFinite(vector[i]));
  if (lost >= 0) {
    throw new CodecRangeError(
      `network.codec 'float16' carries numbers up to 65504, and one of a vector is ${vector[lost]}: use int8 or float32`,
    );
  }
  return { encoding: 'float16', length: vector.length, bytes: new Uint8Array(halves.buffer) };
}

export function decodeFloat16({ bytes, length }: Tensor): Float32Array<ArrayBuffer> {
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, length);
  return Float32Array.from(halves, fromHalfBits);
}
