/** Consensus: how many rounds a gap predicts, and how fast random vectors really come together. */
import { mean, stream } from '../../numerics/index.js';
import type { Choice } from '../../registry/index.js';
import { mix } from '../mixing/matrix.js';
import { mixingRounds } from '../mixing/rounds.js';
import type { Topology } from '../topology.js';

/**
 * Rounds until the consensus distance ‖x − x̄‖ is `epsilon` times what it was, when it shrinks by ρ a round:
 * ln(1/ε) / ln(1/ρ), which ln(1/ε) / (1 − ρ) bounds from above and comes close to for small gaps. At least 1;
 * infinite where there is no gap.
 */
export function roundsToConsensus(rho: number, epsilon: number): number {
  if (rho >= 1) return Infinity;
  if (rho <= epsilon) return 1;
  // Less a hair, so that a power of ρ that is ε needs no further round for the sake of rounding.
  return Math.ceil(Math.log(epsilon) / Math.log(rho) - 1e-9);
}

export interface Measured {
  /** The consensus distance after each round over the one at the start; fewer rounds where all agreed before. */
  readonly distances: readonly number[];
  /** Geometric mean of the factors by which the distance shrank in a round, over the second half of the rounds. */
  readonly perRound: number;
  /** The first round after which the distance was at most epsilon of what it was; left out if it never was. */
  readonly reached?: number;
  /** Whether all agreed to within rounding in the end. */
  readonly agreed: boolean;
}

/** A distance below this times the first one is rounding. */
const AGREED = 1e-12;

/**
 * Mixes four random vectors for some rounds, and the mass that starts as 1 everywhere: values are divided by
 * their mass, which leaves them as they are where rows sum to 1 and is push-sum where only columns do.
 * @param choice a mixing matrix by name
 */
export function measureConsensus(
  topology: Topology,
  choice: Choice,
  { epsilon = 1e-3, rounds = 100 }: { epsilon?: number; rounds?: number } = {},
): Measured {
  const { nodes } = topology;
  const draw = stream(0, 'topology', 'consensus', nodes);
  let vectors: Float64Array[] = Array.from({ length: 4 }, () =>
    Float64Array.from({ length: nodes }, () => draw() - 0.5),
  );
  let mass: Float64Array = new Float64Array(nodes).fill(1);
  const first = distance(vectors, mass);
  const matrices = mixingRounds(topology, choice);
  const distances: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const matrix = matrices(round);
    vectors = vectors.map((x) => mix(matrix, x));
    mass = mix(matrix, mass);
    distances.push(distance(vectors, mass) / first);
    if (distances[round] <= AGREED) break;
  }
  const half = Math.floor(distances.length / 2);
  const last = distances[distances.length - 1];
  const shrunk = last / (half > 0 ? distances[half - 1] : 1);
  const reached = distances.findIndex((relative) => relative <= epsilon) + 1;
  return {
    distances,
    perRound: shrunk ** (1 / (distances.length - half)),
    ...(reached > 0 && { reached }),
    agreed: last <= AGREED,
  };
}

/** The consensus distance of all vectors together: the root of the squared deviations from the means. */
function distance(vectors: readonly Float64Array[], mass: Float64Array): number {
  let squares = 0;
  for (const x of vectors) {
    const values = x.map((value, i) => value / mass[i]);
    const centre = mean(values);
    for (const value of values) squares += (value - centre) ** 2;
  }
  return Math.sqrt(squares);
}
