/**
 * exp, log and power with fixed bits: built from additions, multiplications and divisions only, since
 * JavaScript engines may round Math.exp, Math.log and Math.pow differently (V8's pow changed with Node 24).
 * Accurate to about 1e-15 relative (exp, log).
 */

/** ln 2 in two parts: the first has trailing zeros, so that its product with an exponent is exact. */
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** 2ᵏ for −1022 ≤ k ≤ 1023, from its bits. */
function powerOfTwo(k: number): number {
  words[0] = 0;
  words[1] = (k + 1023) << 20;
  return float[0];
}

/** eˣ. */
export function exponential(x: number): number {
  if (!(x > -745.2 && x < 709.8)) return x > 0 ? Infinity : x < 0 ? 0 : x;
  const k = Math.round(x / Math.LN2);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let n = 16; n >= 1; n--) sum = 1 + (sum * r) / n;
  // In two steps, since 2ᵏ alone may be beyond the normal numbers.
  const half = Math.floor(k / 2);
  return sum * powerOfTwo(half) * powerOfTwo(k - half);
}

/** The natural logarithm; −Infinity at 0, NaN below. */
export function logarithm(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x === Infinity ? x : NaN;
  let k = 0;
  float[0] = x;
  if (words[1] < 0x00100000) {
    // A subnormal number.
    float[0] = x * 2 ** 54;
    k = -54;
  }
  k += (words[1] >>> 20) - 1023;
  words[1] = (words[1] & 0x000fffff) | 0x3ff00000;
  let m = float[0];
  if (m > Math.SQRT2) {
    m /= 2;
    k += 1;
  }
  // ln m = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …) with s = (m − 1)/(m + 1), |s| < 0.172.
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let series = 0;
  for (let n = 23; n >= 3; n -= 2) series = square * (1 / n + series);
  return k * LN2_HIGH + (2 * s + (2 * s * series + k * LN2_LOW));
}

/** baseˣ for base ≥ 0. */
export function power(base: number, x: number): number {
  if (x === 0) return 1;
  return exponential(x * logarithm(base));
}
