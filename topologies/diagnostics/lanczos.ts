/**
 * The two ends of the spectrum of a large sparse symmetric operator by the Lanczos recurrence, without
 * reorthogonalisation: copies of converged eigenvalues come up, which does not matter at the ends (Paige 1980).
 */

export interface Ends {
  readonly least: number;
  readonly most: number;
  /** Whether further steps would not move the end farther from 0; if not, the true one lies farther out. */
  readonly converged: boolean;
}

/**
 * @param operator writes A x into its second argument
 * @param start not orthogonal to the eigenvectors sought (a random vector); is overwritten
 * @param limit steps at most
 */
export function extremeEigenvalues(
  operator: (x: Float64Array, into: Float64Array) => void,
  start: Float64Array,
  limit: number,
): Ends {
  const n = start.length;
  const diagonal: number[] = [];
  const beside: number[] = [];
  let current = start;
  let previous: Float64Array = new Float64Array(n);
  let image: Float64Array = new Float64Array(n);
  scale(current, 1 / norm(current));
  let ends = { least: 0, most: 0, converged: false };
  let settled = 0;
  for (let step = 1, check = 8; step <= limit; step++) {
    operator(current, image);
    const alpha = dot(current, image);
    const before = beside.at(-1) ?? 0;
    for (let i = 0; i < n; i++) image[i] -= alpha * current[i] + before * previous[i];
    const beta = norm(image);
    diagonal.push(alpha);
    const exhausted = beta < 1e-14;
    if (step >= check || step === limit || exhausted) {
      const { least, most } = tridiagonalEnds(diagonal, beside);
      settled = settles(outermost(ends), outermost({ least, most })) ? settled + 1 : 0;
      ends = { least, most, converged: exhausted || settled === 2 };
      if (ends.converged) return ends;
      check = Math.ceil(step * 1.2);
    }
    beside.push(beta);
    scale(image, 1 / beta);
    [previous, current, image] = [current, image, previous];
  }
  return ends;
}

const outermost = ({ least, most }: { least: number; most: number }) => Math.max(-least, most);

/** A change below one part in 100,000 of the distance from 1: of the spectral gap. */
function settles(before: number, now: number): boolean {
  return Math.abs(now - before) <= 1e-14 + 1e-5 * Math.abs(1 - now);
}

/** The least and the largest eigenvalue of a symmetric tridiagonal matrix, by bisection with Sturm counts. */
function tridiagonalEnds(
  diagonal: readonly number[],
  beside: readonly number[],
): { least: number; most: number } {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < diagonal.length; i++) {
    const radius = (i > 0 ? beside[i - 1] : 0) + (i + 1 < diagonal.length ? beside[i] : 0);
    low = Math.min(low, diagonal[i] - radius);
    high = Math.max(high, diagonal[i] + radius);
  }
  const at = (rank: number) => bisect(low, high, (x) => countBelow(diagonal, beside, x) > rank);
  return { least: at(0), most: at(diagonal.length - 1) };
}

/** How many eigenvalues lie below x: the negative pivots of T − xI. */
function countBelow(diagonal: readonly number[], beside: readonly number[], x: number): number {
  let count = 0;
  let pivot = 1;
  for (let i = 0; i < diagonal.length; i++) {
    const coupling = i === 0 ? 0 : beside[i - 1] ** 2 / pivot;
    pivot = diagonal[i] - x - coupling;
    if (pivot === 0) pivot = -1e-300;
    if (pivot < 0) count++;
  }
  return count;
}

/** Where a monotone condition turns true, to the last bits. */
function bisect(low: number, high: number, holds: (x: number) => boolean): number {
  for (let halvings = 0; halvings < 60; halvings++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

export const norm = (a: Float64Array) => Math.sqrt(dot(a, a));

function scale(a: Float64Array, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i] *= factor;
}
