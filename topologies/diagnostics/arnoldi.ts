/**
 * The dominant eigenvalue of a large operator that need not be symmetric, by Arnoldi's recurrence with full
 * orthogonalisation and no restarts (Saad, "Numerical Methods for Large Eigenvalue Problems", chapter 6).
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { dot, norm } from './lanczos.js';

export interface Dominant {
  /** |λ| of the eigenvalue that is largest so. */
  readonly modulus: number;
  /** A vector of its eigenspace; of a complex pair, the real part of one. */
  readonly vector: Float64Array;
  /** Whether the residual is within the tolerance. */
  readonly converged: boolean;
}

/**
 * @param operator writes A x into its second argument
 * @param start not without a part along the eigenvector sought
 * @param limit steps at most, each of which keeps a vector
 * @param tolerance of the residual, as a fraction of the eigenvalue's distance from 1
 */
export function dominantEigenvalue(
  operator: (x: Float64Array, into: Float64Array) => void,
  start: Float64Array,
  limit: number,
  tolerance = 1e-6,
): Dominant {
  const n = start.length;
  const basis = [scaled(start, 1 / norm(start))];
  const columns: number[][] = [];
  for (let step = 1, check = 1; ; step++) {
    const image: Float64Array = new Float64Array(n);
    operator(basis[step - 1], image);
    const column = orthogonalise(image, basis);
    const rest = norm(image);
    columns.push(column);
    // What is left of a vector within the space is rounding: the space is invariant.
    const exhausted = rest <= 1e-14 || step === Math.min(limit, n);
    if (exhausted || step >= check) {
      const { modulus, distance, coordinates, last } = ritz(columns);
      const residual = rest * last;
      const converged = residual <= tolerance * distance + 1e-14;
      if (exhausted || converged) return { modulus, vector: combined(basis, coordinates), converged };
      check = Math.ceil(step * 1.3);
    }
    column.push(rest);
    basis.push(scaled(image, 1 / rest));
  }
}

/** Takes the parts along the basis out of x, twice, as once leaves rounding; returns what they were. */
function orthogonalise(x: Float64Array, basis: readonly Float64Array[]): number[] {
  const parts = basis.map(() => 0);
  for (let pass = 0; pass < 2; pass++) {
    for (const [at, unit] of basis.entries()) {
      const part = dot(x, unit);
      parts[at] += part;
      for (let i = 0; i < x.length; i++) x[i] -= part * unit[i];
    }
  }
  return parts;
}

/** The dominant eigenvalue of the Hessenberg matrix of these columns, its distance from 1, and its eigenvector. */
function ritz(columns: readonly (readonly number[])[]) {
  const size = columns.length;
  const hessenberg = Matrix.zeros(size, size);
  for (const [at, column] of columns.entries()) {
    for (const [row, value] of column.entries()) if (row < size) hessenberg.set(row, at, value);
  }
  const { realEigenvalues, imaginaryEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    hessenberg,
    { assumeSymmetric: false },
  );
  const sizes = realEigenvalues.map((real, i) => Math.hypot(real, imaginaryEigenvalues[i]));
  const top = sizes.indexOf(Math.max(...sizes));
  const real = eigenvectorMatrix.getColumn(top);
  // The vectors of a complex pair stand side by side: real part, imaginary part.
  const imaginary = imaginaryEigenvalues[top] > 0 ? eigenvectorMatrix.getColumn(top + 1) : [];
  const length = Math.hypot(...real, ...imaginary);
  const last = Math.hypot(real[size - 1], imaginary.at(-1) ?? 0) / length;
  return {
    modulus: sizes[top],
    distance: Math.hypot(1 - realEigenvalues[top], imaginaryEigenvalues[top]),
    coordinates: real.map((value) => value / length),
    last,
  };
}

function combined(basis: readonly Float64Array[], coordinates: readonly number[]): Float64Array {
  const sum: Float64Array = new Float64Array(basis[0].length);
  for (const [at, coordinate] of coordinates.entries()) {
    const vector = basis[at];
    for (let i = 0; i < sum.length; i++) sum[i] += coordinate * vector[i];
  }
  return sum;
}

const scaled = (a: Float64Array, factor: number): Float64Array => a.map((x) => x * factor);
