/**
 * The spectral gap 1 − ρ of one mixing matrix: ρ is the factor by which a round brings the models nearer to each
 * other in the long run. Exact by a dense decomposition on small graphs; on large ones by Lanczos where some
 * coordinates make the matrix symmetric, by Arnoldi elsewhere.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { stream } from '../../numerics/index.js';
import { mix, mixTransposed, type MixingMatrix } from '../mixing/matrix.js';
import { balance } from './balance.js';
import { radiusBySteps } from './differences.js';
import { dot, extremeEigenvalues, norm, type Ends } from './lanczos.js';

export interface Spectrum {
  /** ρ: the largest |eigenvalue| but for the 1 that stands for agreement. */
  readonly secondEigenvalue: number;
  /** 1 − ρ; 0 where parts of the graph never agree. */
  readonly spectralGap: number;
  /**
   * How sure the gap is. `exact`: by a dense decomposition; `converged`: by Lanczos or Arnoldi steps that would
   * change it by less than a part in 100,000; `at most`: by Lanczos steps that ran out; `at least`: by singular
   * values, which bound the eigenvalues, where Arnoldi steps ran out; `estimate`: where the steps of both did.
   */
  readonly certainty: 'exact' | 'converged' | 'at most' | 'at least' | 'estimate';
}

/** A fraction of a second. */
export const DENSE = 256;

/** A second or two. */
const WORK = 1e9;

/**
 * @param limits `dense`: the largest number of nodes for which the whole matrix is written out and decomposed;
 * `work`: multiplications that the Lanczos steps may take
 * @throws Error where neither rows nor columns sum to 1
 */
export function spectrum(
  matrix: MixingMatrix,
  { dense = DENSE, work = WORK }: { dense?: number; work?: number } = {},
): Spectrum {
  if (!matrix.rowStochastic && !matrix.columnStochastic)
    throw new Error(
      'a spectral gap is for mixing matrices whose rows or columns sum to 1, and here neither do',
    );
  const pi = balance(matrix);
  if (matrix.nodes <= dense)
    return found(secondOf(pi ? symmetrized(matrix, pi) : matrix, pi !== undefined), 'exact');
  const steps = Math.max(20, Math.floor(work / (2 * matrix.weights.length + 10 * matrix.nodes)));
  const draw = stream(0, 'topology', 'spectrum', matrix.nodes);
  const start: Float64Array = Float64Array.from({ length: matrix.nodes }, () => draw() - 0.5);
  if (pi !== undefined) {
    const { least, most, converged } = symmetricEnds(
      symmetrized(matrix, pi),
      agreement(matrix, pi),
      start,
      steps,
    );
    return found(Math.max(-least, most), converged ? 'converged' : 'at most');
  }
  const bySteps = radiusBySteps([matrix], steps);
  if (bySteps.converged) return found(bySteps.radius, 'converged');
  const { most, converged } = singularEnds(matrix, start, steps);
  return found(Math.sqrt(most), converged ? 'at least' : 'estimate');
}

function found(rho: number, certainty: Spectrum['certainty']): Spectrum {
  const gap = 1 - rho;
  return { secondEigenvalue: Math.max(0, rho), spectralGap: gap < 1e-14 ? 0 : Math.min(1, gap), certainty };
}

/** The same matrix in coordinates √π x, in which it is symmetric. */
function symmetrized(matrix: MixingMatrix, pi: Float64Array): MixingMatrix {
  if (matrix.symmetric) return matrix;
  const { offsets, targets } = matrix.rows;
  const weights = matrix.weights.slice();
  for (let i = 0; i < matrix.nodes; i++) {
    for (let at = offsets[i]; at < offsets[i + 1]; at++) weights[at] *= Math.sqrt(pi[i] / pi[targets[at]]);
  }
  return { ...matrix, weights };
}

/** The unit eigenvector of eigenvalue 1 in those coordinates: from (1, …, 1) on the right, or else on the left. */
function agreement(matrix: MixingMatrix, pi: Float64Array): Float64Array {
  const vector = pi.map((p) => (matrix.rowStochastic ? Math.sqrt(p) : 1 / Math.sqrt(p)));
  const length = norm(vector);
  return vector.map((x) => x / length);
}

/** The second largest |eigenvalue| of a matrix written out. */
function secondOf(matrix: MixingMatrix, symmetric: boolean): number {
  const { offsets, targets } = matrix.rows;
  const full = Matrix.zeros(matrix.nodes, matrix.nodes);
  for (let i = 0; i < matrix.nodes; i++) {
    full.set(i, i, matrix.self[i]);
    for (let at = offsets[i]; at < offsets[i + 1]; at++) full.set(i, targets[at], matrix.weights[at]);
  }
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(full, {
    assumeSymmetric: symmetric,
  });
  const sizes = realEigenvalues.map((real, i) => Math.hypot(real, imaginaryEigenvalues[i]));
  return sizes.sort((a, b) => b - a)[1];
}

function symmetricEnds(matrix: MixingMatrix, top: Float64Array, start: Float64Array, steps: number): Ends {
  remove(start, top);
  return extremeEigenvalues(
    (x, into) => {
      mix(matrix, x, into);
      remove(into, top);
    },
    start,
    steps,
  );
}

/** Of BᵀB with B = (I − J) W (I − J), J the mean: the squares of the singular values on differences. */
function singularEnds(matrix: MixingMatrix, start: Float64Array, steps: number): Ends {
  const mean: Float64Array = new Float64Array(matrix.nodes).fill(1 / Math.sqrt(matrix.nodes));
  const between: Float64Array = new Float64Array(matrix.nodes);
  remove(start, mean);
  return extremeEigenvalues(
    (x, into) => {
      mix(matrix, x, between);
      remove(between, mean);
      mixTransposed(matrix, between, into);
      remove(into, mean);
    },
    start,
    Math.ceil(steps / 2),
  );
}

/** Takes the part along a unit vector out of x. */
function remove(x: Float64Array, unit: Float64Array): void {
  const part = dot(x, unit);
  for (let i = 0; i < x.length; i++) x[i] -= part * unit[i];
}
