/**
 * Blocks of 8-bit integers with a scale each, as ZeRO++ (Wang et al., arXiv 2306.10209) quantises what it sends:
 * s = float16(max|v| / 127), q = v / s rounded to nearest, ties to even. Bytes: the block's length B (uint32), the
 * scales (float16, one a block), then d bytes: 1 + 2/B bytes a number.
 */
import { z } from 'zod';
import { define } from '../../registry/index.js';
import { ProtocolError } from '../codes.js';
import type { Tensor } from '../tensor.js';
import type { Codec } from './codec.js';
import { fromHalfBits, halfBits } from './half.js';

export const int8 = define({
  kind: 'int8',
  summary: 'Blocks of 8-bit integers, each with a float16 scale, in every direction.',
  options: {
    block: z.int().positive().max(65536).default(256).describe('Numbers that share a scale.'),
    feedback: z
      .boolean()
      .default(false)
      .describe('Clients add what an answer lost to their next one; they keep a vector for that.'),
  },
  create: ({ block, feedback }): Codec => ({
    everywhere: true,
    feedback,
    encode: (vector) => encode(vector, block),
    bytes: (length) => 4 + 2 * Math.ceil(length / block) + length,
  }),
});

function encode(vector: Float32Array, block: number): Tensor {
  const blocks = Math.ceil(vector.length / block);
  const bytes = new Uint8Array(4 + 2 * blocks + vector.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, block, true);
  const quantised = new Int8Array(bytes.buffer, 4 + 2 * blocks);
  for (let b = 0; b < blocks; b++) {
    const [start, end] = [b * block, Math.min((b + 1) * block, vector.length)];
    const half = halfBits(largest(vector, start, end) / 127);
    const scale = fromHalfBits(half);
    view.setUint16(4 + 2 * b, half, true);
    if (!(scale > 0) || scale === Infinity) continue;
    for (let i = start; i < end; i++) {
      // A scale that was rounded down would make the largest number 128.
      quantised[i] = Math.max(-127, Math.min(127, roundEven(vector[i] / scale)));
    }
  }
  return { encoding: 'int8', length: vector.length, bytes };
}

/** The largest size; not a number where one is none, so that the block then is none either. */
function largest(vector: Float32Array, start: number, end: number): number {
  let found = 0;
  for (let i = start; i < end; i++) found = Math.max(found, Math.abs(vector[i]));
  return found;
}

function roundEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** v = q · s; a block whose scale is not finite is not a number throughout. */
export function decodeInt8({ bytes, length }: Tensor): Float32Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const block = bytes.length >= 4 ? view.getUint32(0, true) : 0;
  const blocks = Math.ceil(length / block);
  if (block === 0 || bytes.length !== 4 + 2 * blocks + length) {
    throw new ProtocolError('malformed', `${bytes.length} bytes are not those of ${length} × int8 in blocks`);
  }
  const quantised = new Int8Array(bytes.buffer, bytes.byteOffset + 4 + 2 * blocks, length);
  const vector = new Float32Array(length);
  for (let b = 0; b < blocks; b++) {
    const half = fromHalfBits(view.getUint16(4 + 2 * b, true));
    const scale = Number.isFinite(half) ? half : NaN;
    const end = Math.min((b + 1) * block, length);
    for (let i = b * block; i < end; i++) vector[i] = quantised[i] * scale;
  }
  return vector;
}
