/**
 * How fast the rounds of a run bring nodes to agree, without training: the factor ρ by which a round shrinks
 * disagreement in the long run (Xiao & Boyd 2004), and the spectral gap 1 − ρ. One matrix: its second largest
 * |eigenvalue|. Matrices that repeat: that of their product. Random ones: in mean square (Boyd et al. 2006).
 */
import { EigenvalueDecomposition, type Matrix } from 'ml-matrix';
import { range } from '../../numerics/index.js';
import type { Choice } from '../../registry/index.js';
import type { MixingMatrix } from '../mixing/matrix.js';
import { mixingRounds } from '../mixing/rounds.js';
import type { Topology } from '../topology.js';
import { matrixOnDifferences, radiusBySteps } from './differences.js';
import { norm } from './lanczos.js';
import { meanSquareFactor } from './mean-square.js';
import { DENSE, spectrum, type Spectrum } from './spectrum.js';

export interface ConsensusRate {
  /** ρ: the factor by which a round shrinks the consensus distance in the long run. */
  readonly factor: number;
  /** 1 − ρ; 0 where some nodes never agree. */
  readonly spectralGap: number;
  /** As of a spectrum; `sampled`: over sampled rounds, as exactly as `standardError` says. */
  readonly certainty: Spectrum['certainty'] | 'sampled';
  /** Of ρ, and so of the gap. */
  readonly standardError?: number;
  /** The rounds after which all nodes agree exactly; left out where they only come closer. */
  readonly exactAfter?: number;
}

/**
 * @returns nothing for random rounds of so many nodes that sampling enough of them takes too long
 * @throws Error where the mixing matrix does not suit the graph, or neither rows nor columns sum to 1
 */
export function consensusRate(topology: Topology, choice: Choice): ConsensusRate | undefined {
  const matrices = mixingRounds(topology, choice);
  if (topology.period === undefined) {
    const found = meanSquareFactor(matrices, topology);
    return found && { ...rate(found.factor, 'sampled'), standardError: found.standardError };
  }
  return topology.nodes > DENSE
    ? ofManyNodes(Array.from(range(topology.period), matrices))
    : ofFewNodes(Array.from(range(topology.period), matrices));
}

function ofFewNodes(period: readonly MixingMatrix[]): ConsensusRate {
  const product = matrixOnDifferences(period);
  const repetitions = repetitionsToZero(product);
  if (repetitions !== undefined) return { ...rate(0, 'exact'), exactAfter: repetitions * period.length };
  // One matrix may be symmetric in some coordinates, in which its eigenvalues are found more exactly.
  const radius = period.length === 1 ? spectrum(period[0]).secondEigenvalue : radiusOf(product);
  return rate(radius ** (1 / period.length), 'exact');
}

function ofManyNodes(period: readonly MixingMatrix[]): ConsensusRate {
  if (period.length === 1) {
    const { secondEigenvalue, certainty } = spectrum(period[0]);
    return rate(secondEigenvalue, certainty);
  }
  const { radius, converged } = radiusBySteps(period, Infinity);
  if (radius <= ROUNDING * period[0].nodes) return { ...rate(0, 'converged'), exactAfter: period.length };
  return rate(radius ** (1 / period.length), converged ? 'converged' : 'estimate');
}

function rate(factor: number, certainty: ConsensusRate['certainty']): ConsensusRate {
  const gap = 1 - factor;
  return { factor, spectralGap: gap < 1e-14 ? 0 : gap, certainty };
}

/** How often a period is repeated to see whether all agree exactly. */
const REPETITIONS = 3;

/** Elements of this size are rounding. */
const ROUNDING = 1e-14;

/**
 * After how many repetitions nothing is left of differences. Asked before eigenvalues are, as those of a nilpotent
 * matrix that rounding has touched are far from 0.
 */
function repetitionsToZero(product: Matrix): number | undefined {
  let power = product;
  for (let repetitions = 1; repetitions <= REPETITIONS; repetitions++) {
    if (norm(Float64Array.from(power.to1DArray())) <= ROUNDING * product.rows) return repetitions;
    power = power.mmul(product);
  }
  return undefined;
}

/** The largest |eigenvalue|. */
export function radiusOf(matrix: Matrix): number {
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: false,
  });
  return Math.max(...realEigenvalues.map((real, i) => Math.hypot(real, imaginaryEigenvalues[i])));
}
