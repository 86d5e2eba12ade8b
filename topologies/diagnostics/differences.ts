/**
 * What rounds of mixing do to the differences between nodes: B = (I − J) W_p … W_1 (I − J), J the mean. Where rows or
 * columns of W sum to 1, B has the eigenvalues of the product, but for the 1 that stands for agreement (or for the
 * sum that stays). Push-sum's z = x / ω comes to agree as fast as x on vectors that sum to 0, which B is too.
 */
import { Matrix } from 'ml-matrix';
import { range, stream } from '../../numerics/index.js';
import { mix, type MixingMatrix } from '../mixing/matrix.js';
import { dominantEigenvalue } from './arnoldi.js';

/** Each step keeps a vector and orthogonalises against all. */
const ARNOLDI_STEPS = 200;

/** B x of an x without a mean. */
function through(rounds: readonly MixingMatrix[], x: Float64Array): Float64Array {
  const after = rounds.reduce((value, matrix) => mix(matrix, value), x);
  centre(after);
  return after;
}

/** The spectral radius of B, by Arnoldi steps on sparse rounds. */
export function radiusBySteps(
  rounds: readonly MixingMatrix[],
  limit: number,
): { readonly radius: number; readonly converged: boolean } {
  const [{ nodes }] = rounds;
  const draw = stream(0, 'topology', 'differences', nodes);
  const start: Float64Array = Float64Array.from({ length: nodes }, () => draw() - 0.5);
  centre(start);
  const { modulus, converged } = dominantEigenvalue(
    (x, into) => {
      into.set(through(rounds, x));
    },
    start,
    Math.min(limit, ARNOLDI_STEPS),
  );
  return { radius: modulus, converged };
}

/** B written out. */
export function matrixOnDifferences(rounds: readonly MixingMatrix[]): Matrix {
  const [{ nodes }] = rounds;
  const written = Matrix.zeros(nodes, nodes);
  for (const node of range(nodes)) {
    const unit: Float64Array = new Float64Array(nodes);
    unit[node] = 1;
    centre(unit);
    written.setColumn(node, through(rounds, unit));
  }
  return written;
}

function centre(x: Float64Array): void {
  let sum = 0;
  for (const value of x) sum += value;
  const mean = sum / x.length;
  for (let i = 0; i < x.length; i++) x[i] -= mean;
}
