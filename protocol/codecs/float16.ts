/** Half precision: 2 bytes a number. */
import { define } from '../../registry/index.js';
import type { Tensor } from '../tensor.js';
import type { Codec } from './codec.js';
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

function encode(vector: Float32Array): Tensor {
  const halves = Uint16Array.from(vector, halfBits);
  return { encoding: 'float16', length: vector.length, bytes: new Uint8Array(halves.buffer) };
}

export function decodeFloat16({ bytes, length }: Tensor): Float32Array<ArrayBuffer> {
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, length);
  return Float32Array.from(halves, fromHalfBits);
}
