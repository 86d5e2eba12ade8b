/**
 * Top-k sparsification with error memory (Stich, Cordonnier & Jaggi, "Sparsified SGD with Memory", NeurIPS 2018,
 * arXiv 1809.07599, Algorithm 1): only the k largest entries are sent. Bytes: k places (uint32, ascending), then k
 * values (float32).
 */
import { z } from 'zod';
import { portion } from '../../numerics/index.js';
import { define } from '../../registry/index.js';
import { ProtocolError } from '../codes.js';
import type { Tensor } from '../tensor.js';
import type { Codec } from './codec.js';

export const topK = define({
  kind: 'top-k',
  summary: "The largest entries of clients' updates; broadcasts are not compressed.",
  options: {
    fraction: z.number().positive().max(1).default(0.01).describe('Fraction of the entries that is sent.'),
    errorFeedback: z
      .boolean()
      .default(true)
      .describe(
        'Clients add the compression error of an update to their next one (error feedback); each keeps a vector for it.',
      ),
  },
  create: ({ fraction, errorFeedback }): Codec => {
    const kept = (length: number) => Math.min(length, Math.max(1, Math.round(portion(fraction, length))));
    return {
      encoding: 'top-k',
      everywhere: false,
      feedback: errorFeedback,
      encode: (vector) => encode(vector, kept(vector.length)),
      bytes: (length) => 8 * kept(length),
    };
  },
});

function encode(vector: Float32Array, k: number): Tensor {
  const bytes = new Uint8Array(8 * k);
  const places = new Uint32Array(bytes.buffer, 0, k);
  const values = new Uint32Array(bytes.buffer, 4 * k);
  // Without their sign, the bits of floats are in the order of their sizes; what is not a number is the largest.
  const bits = new Uint32Array(vector.buffer, vector.byteOffset, vector.length);
  const { least, ties } = leastOfLargest(bits, k);
  let tiesLeft = ties;
  let found = 0;
  for (let i = 0; i < bits.length; i++) {
    const size = bits[i] & MAGNITUDE;
    if (size < least || (size === least && tiesLeft-- <= 0)) continue;
    places[found] = i;
    values[found++] = bits[i];
  }
  return { encoding: 'top-k', length: vector.length, bytes };
}

const MAGNITUDE = 0x7fffffff;

/** The k-th largest size, and how many of its size are among the k largest: the first ones are taken. */
function leastOfLargest(bits: Uint32Array, k: number): { least: number; ties: number } {
  const high = new Uint32Array(1 << 15);
  for (const word of bits) high[(word & MAGNITUDE) >>> 16]++;
  const upper = descend(high, k);
  const low = new Uint32Array(1 << 16);
  for (const word of bits) if ((word & MAGNITUDE) >>> 16 === upper.bucket) low[word & 0xffff]++;
  const lower = descend(low, upper.left);
  return { least: upper.bucket * 0x10000 + lower.bucket, ties: lower.left };
}

/** In which bucket, from the highest, the k-th entry lies, and how many of the bucket's are among the k. */
function descend(counts: Uint32Array, k: number): { bucket: number; left: number } {
  let left = k;
  let bucket = counts.length - 1;
  while (bucket > 0 && counts[bucket] < left) left -= counts[bucket--];
  return { bucket, left };
}

export function decodeTopK({ bytes, length }: Tensor): Float32Array<ArrayBuffer> {
  const k = bytes.length / 8;
  if (!Number.isInteger(k) || k > length) {
    throw new ProtocolError(
      'malformed',
      `${bytes.length} bytes are not those of places and values of ${length}`,
    );
  }
  const places = new Uint32Array(bytes.buffer, bytes.byteOffset, k);
  const values = new Uint32Array(bytes.buffer, bytes.byteOffset + 4 * k, k);
  const vector = new Float32Array(length);
  const bits = new Uint32Array(vector.buffer);
  for (let i = 0; i < k; i++) {
    if (places[i] >= length || (i > 0 && places[i] <= places[i - 1])) {
      throw new ProtocolError('malformed', 'the places of a sparse vector are not ascending and within it');
    }
    bits[places[i]] = values[i];
  }
  return vector;
}
