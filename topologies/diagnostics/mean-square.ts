/**
 * Consensus over random rounds, in mean square: E‖x − x̄‖² shrinks by the spectral radius of X ↦ E[B X Bᵀ] in the
 * long run, where B is what a round does to differences (Boyd, Ghosh, Prabhakar & Shah 2006, section II). The mean is
 * over sampled rounds of the topology; the standard error is the eigenvalue's, to first order in the sample.
 */
import { deviation, mean, range } from '../../numerics/index.js';
import type { MixingMatrix } from '../mixing/matrix.js';
import type { Topology } from '../topology.js';
import { dominantEigenvalue } from './arnoldi.js';
import { dot } from './lanczos.js';

/** Samples at most, and as few as say anything. */
const MOST = 256;
const FEWEST = 16;

/** Arnoldi steps at most, and as many as there usually are. */
const STEPS = 40;
const USUAL = 12;

/** Far below what sampling leaves open. */
const TOLERANCE = 1e-3;

/** Multiplications: a fraction of a second. */
const WORK = 1e8;

/** A factor of a square that rounding alone leaves. */
const ROUNDING = 1e-26;

/**
 * Eigenmatrices are those of every other sample, and their quotient is taken over all: the samples that they fit
 * overestimate the eigenvalue by as much as the others underestimate it, to second order.
 * @returns nothing where so few samples would be worth their time that they say little
 */
export function meanSquareFactor(
  matrices: (round: number) => MixingMatrix,
  { nodes, block = 1 }: Pick<Topology, 'nodes' | 'block'>,
): { readonly factor: number; readonly standardError: number } | undefined {
  const blockOf = (at: number) => Array.from(range(block), (round) => matrices(at * block + round));
  const first = blockOf(0);
  const entries = first.reduce((sum, { weights, self }) => sum + weights.length + self.length + nodes, 0);
  const samples = Math.min(MOST, 2 * Math.floor(WORK / (USUAL * 2 * nodes * entries)));
  if (samples < FEWEST) return undefined;
  const blocks = [first, ...Array.from(range(samples - 1), (at) => blockOf(at + 1))];
  const fitted = blocks.filter((_, at) => at % 2 === 0);
  const right = dominantOf(fitted, nodes, false);
  const isSelfAdjoint = block === 1 && fitted.every(([matrix]) => matrix.symmetric);
  const left = isSelfAdjoint ? right : dominantOf(fitted, nodes, true);
  const scale = dot(left, right);
  const squares = blocks.map((rounds) => dot(left, conjugated([rounds], right, nodes, false)) / scale);
  const square = mean(squares);
  if (square <= ROUNDING) return { factor: 0, standardError: 0 };
  const factor = square ** (1 / (2 * block));
  const standardError = ((factor / square) * deviation(squares)) / (2 * block * Math.sqrt(samples));
  return { factor, standardError };
}

/** The eigenmatrix of the mean map: positive semidefinite, as is I − J, from which Arnoldi's steps start. */
function dominantOf(blocks: readonly (readonly MixingMatrix[])[], nodes: number, adjoint: boolean) {
  const start: Float64Array = new Float64Array(nodes * nodes);
  for (const node of range(nodes)) start[node * nodes + node] = 1;
  centre(start, nodes);
  const operator = (x: Float64Array, into: Float64Array) => {
    into.set(conjugated(blocks, x, nodes, adjoint));
  };
  return dominantEigenvalue(operator, start, STEPS, TOLERANCE).vector;
}

/**
 * The mean of (I − J) A X Aᵀ (I − J) of a symmetric X over blocks of rounds, with A the product of a block's matrices
 * (the first one on the right), or Aᵀ in its place.
 */
function conjugated(
  blocks: readonly (readonly MixingMatrix[])[],
  x: Float64Array,
  nodes: number,
  adjoint: boolean,
): Float64Array {
  const sum: Float64Array = new Float64Array(x.length);
  for (const rounds of blocks) {
    let image = x;
    for (const matrix of adjoint ? rounds.toReversed() : rounds) {
      const half = product(matrix, image, nodes, adjoint);
      image = product(matrix, transposed(half, nodes), nodes, adjoint);
    }
    for (let i = 0; i < sum.length; i++) sum[i] += image[i] / blocks.length;
  }
  // Rounding is not symmetric, and what it leaves would be taken for an eigenmatrix of its own.
  const mirrored = transposed(sum, nodes);
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] + mirrored[i]) / 2;
  centre(sum, nodes);
  return sum;
}

/** W X or Wᵀ X, row by row. */
function product(
  { rows, weights, self }: MixingMatrix,
  x: Float64Array,
  nodes: number,
  adjoint: boolean,
): Float64Array {
  const { offsets, targets } = rows;
  const into: Float64Array = new Float64Array(x.length);
  for (let i = 0; i < nodes; i++) {
    addRow(into, i, x, i, self[i], nodes);
    for (let at = offsets[i]; at < offsets[i + 1]; at++) {
      const j = targets[at];
      addRow(into, adjoint ? j : i, x, adjoint ? i : j, weights[at], nodes);
    }
  }
  return into;
}

function addRow(
  into: Float64Array,
  to: number,
  x: Float64Array,
  from: number,
  weight: number,
  nodes: number,
): void {
  const [start, other] = [to * nodes, from * nodes];
  for (let k = 0; k < nodes; k++) into[start + k] += weight * x[other + k];
}

function transposed(x: Float64Array, nodes: number): Float64Array {
  const into: Float64Array = new Float64Array(x.length);
  for (let i = 0; i < nodes; i++) for (let j = 0; j < nodes; j++) into[j * nodes + i] = x[i * nodes + j];
  return into;
}

/** Takes the means of the rows and of the columns out of a symmetric matrix. */
function centre(x: Float64Array, nodes: number): void {
  const means = Array.from(range(nodes), (row) => mean(x.subarray(row * nodes, (row + 1) * nodes)));
  const whole = mean(means);
  for (let i = 0; i < nodes; i++) {
    for (let j = 0; j < nodes; j++) x[i * nodes + j] += whole - means[i] - means[j];
  }
}
