/**
 * Elementary functions from additions and multiplications alone, whose bits are therefore the same in every
 * JavaScript engine; Math.pow and Math.cos may be rounded differently from one to the next.
 */

/**
 * base to a whole, non-negative exponent, by squaring: about 2 log₂(exponent) multiplications.
 * @throws RangeError where the exponent is negative or not whole
 */
export function integerPower(base: number, exponent: number): number {
  if (!(Number.isSafeInteger(exponent) && exponent >= 0)) {
    throw new RangeError(`an exponent must be a whole number from 0 on, not ${exponent}`);
  }
  let result = 1;
  let square = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

/** 1 + z/a₁ · (1 + z/a₂ · (1 + …)) with aₙ = n(n + 1), n = first, first + 2, …: both series below. */
function series(first: number, z: number): number {
  let sum = 1;
  for (let n = first + 18; n >= first; n -= 2) sum = 1 + (z / (n * (n + 1))) * sum;
  return sum;
}

/**
 * cos(πx) for 0 ≤ x ≤ 1, to within 2⁻⁵², by the Taylor series of the cosine or the sine on |y| ≤ π/4, where
 * ten terms suffice. Exact at 0, ½ and 1.
 * @throws RangeError where x is outside
 */
export function cosinePi(x: number): number {
  if (!(x >= 0 && x <= 1)) throw new RangeError(`cosinePi takes numbers from 0 to 1, not ${x}`);
  if (x > 0.5) return -cosinePi(1 - x);
  if (x <= 0.25) return series(1, -(Math.PI * x * Math.PI * x));
  const y = Math.PI * (0.5 - x);
  return y * series(2, -y * y);
}
