/**
 * Blocks of 8-bit integers with a scale each, as ZeRO++ (Wang et al., arXiv 2306.10209) quantises what it sends:
 * s = max|v| / 127 in 17 significant bits, q = v / s rounded to nearest, ties to even. Every product q · s is then a
 * float32, so decoding is exact, and what was decoded encodes to the same bytes. Bytes: the block's length B (uint32),
 * the scales (float32, one a block), then d bytes: 1 + 4/B bytes a number.
 */
import { z } from 'zod';
import { define } from '../../registry/index.js';
import { ProtocolError } from '../codes.js';
import type { Tensor } from '../tensor.js';
import type { Codec } from './codec.js';

export const int8 = define({
  kind: 'int8',
  summary: 'Blocks of 8-bit integers, each with a float32 scale, in every direction.',
  options: {
    blockSize: z.int().positive().max(65536).default(256).describe('Numbers that share a scale.'),
    errorFeedback: z
      .boolean()
      .default(false)
      .describe(
        'Clients add the compression error of an update to their next one (error feedback); each keeps a vector for it.',
      ),
  },
  create: ({ blockSize: block, errorFeedback: feedback }): Codec => ({
    encoding: 'int8',
    everywhere: true,
    feedback,
    encode: (vector) => encode(vector, block),
    bytes: (length) => 4 + 4 * Math.ceil(length / block) + length,
  }),
});

function encode(vector: Float32Array, block: number): Tensor {
  const blocks = Math.ceil(vector.length / block);
  const bytes = new Uint8Array(4 + 4 * blocks + vector.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, block, true);
  const quantised = new Int8Array(bytes.buffer, 4 + 4 * blocks);
  for (let b = 0; b < blocks; b++) {
    const [start, end] = [b * block, Math.min((b + 1) * block, vector.length)];
    const scale = scaleFor(largest(vector, start, end));
    if (!Number.isFinite(scale)) {
      view.setUint32(4 + 4 * b, QUIET_NAN, true);
      continue;
    }
    view.setFloat32(4 + 4 * b, scale, true);
    for (let i = start; i < end; i++) quantised[i] = roundEven(vector[i] / scale);
  }
  return { encoding: 'int8', length: vector.length, bytes };
}

const QUIET_NAN = 0x7fc00000;
/** The smallest normal float32: below it there would be too few bits for a scale. */
const SMALLEST = 2 ** -126;
/** 17 of a float32's 24 significant bits, so that products with 7-bit integers have at most 24. */
const SCALE_BITS = 0xffffff80;

const cell = new Float32Array(1);
const bitsOfCell = new Uint32Array(cell.buffer);

/** max|v| / 127, cut off: the largest value becomes 127 (at most 127.002 before it is rounded). */
function scaleFor(largest: number): number {
  cell[0] = largest / 127;
  bitsOfCell[0] &= SCALE_BITS;
  return Number.isFinite(largest) ? Math.max(SMALLEST, cell[0]) : NaN;
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

/** Where the scales end. @throws ProtocolError where the bytes are not those of so many numbers in blocks */
export function checkInt8({ bytes, length }: Tensor): { readonly block: number; readonly blocks: number } {
  const block = bytes.length >= 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) : 0;
  const blocks = Math.ceil(length / block);
  if (block === 0 || bytes.length !== 4 + 4 * blocks + length) {
    throw new ProtocolError('malformed', `${bytes.length} bytes are not those of ${length} × int8 in blocks`);
  }
  return { block, blocks };
}

/** v = q · s; a block whose scale is not finite is not a number throughout. */
export function decodeInt8(tensor: Tensor): Float32Array<ArrayBuffer> {
  const { block, blocks } = checkInt8(tensor);
  const { bytes, length } = tensor;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const quantised = new Int8Array(bytes.buffer, bytes.byteOffset + 4 + 4 * blocks, length);
  const vector = new Float32Array(length);
  for (let b = 0; b < blocks; b++) {
    const sent = view.getFloat32(4 + 4 * b, true);
    const scale = Number.isFinite(sent) ? sent : NaN;
    const end = Math.min((b + 1) * block, length);
    for (let i = b * block; i < end; i++) vector[i] = quantised[i] * scale;
  }
  return vector;
}
