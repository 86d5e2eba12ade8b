/** Arithmetic on flat vectors of one length: each result is new, each element computed in float64, kept in float32. */

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
  return combine(a, b, (x, y) => x - y);
}

/** a + factor · b. */
export function addScaled(a: Float32Array, factor: number, b: Float32Array): Float32Array<ArrayBuffer> {
  return combine(a, b, (x, y) => x + factor * y);
}

/** factor · a. */
export function scaled(factor: number, a: Float32Array): Float32Array<ArrayBuffer> {
  return a.map((x) => factor * x);
}
