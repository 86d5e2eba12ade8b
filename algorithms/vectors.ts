/** Arithmetic on flat vectors of one length: each element computed in float64, kept in float32; results are new. */

import { subtract } from '../numerics/index.js';

/** f(a[i], b[i]) for every i. */
export function combine(
  a: Float32Array,
  b: Float32Array,
  f: (a: number, b: number) => number,
): Float32Array<ArrayBuffer> {
  const result = new Float32Array(a.length);
  for (let i = 0; i < result.length; i++) result[i] = f(a[i], b[i]);
  return result;
}

/** a − b. */
export function difference(a: Float32Array, b: Float32Array): Float32Array<ArrayBuffer> {
  return subtract(Float32Array.from(a), b);
}

/** a + factor · b. */
export function addScaled(a: Float32Array, factor: number, b: Float32Array): Float32Array<ArrayBuffer> {
  const result = new Float32Array(a.length);
  for (let i = 0; i < result.length; i++) result[i] = a[i] + factor * b[i];
  return result;
}

/** factor · a. */
export function scaled(factor: number, a: Float32Array): Float32Array<ArrayBuffer> {
  return a.map((x) => factor * x);
}
