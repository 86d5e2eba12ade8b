/**
 * Student's t distribution for whole degrees of freedom, where its distribution function is a finite sum
 * (Abramowitz & Stegun 1964, 26.7.3 and 26.7.4): intervals and tests over a handful of seeds need no more.
 */

/** P(−t ≤ T ≤ t) for t ≥ 0. */
function within(t: number, degrees: number): number {
  if (t === Infinity) return 1;
  const angle = Math.atan(t / Math.sqrt(degrees));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = degrees % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

/** P(|T| ≥ |t|): the two-sided p-value. @param degrees of freedom, a whole number above 0 */
export function studentTwoSided(t: number, degrees: number): number {
  return Math.max(0, 1 - within(Math.abs(t), degrees));
}

/** The t with P(|T| ≤ t) = confidence. @param confidence in (0, 1) */
export function studentCritical(confidence: number, degrees: number): number {
  let high = 1;
  while (within(high, degrees) < confidence) high *= 2;
  let low = 0;
  for (let middle = high / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (within(middle, degrees) < confidence) low = middle;
    else high = middle;
  }
  return high;
}
