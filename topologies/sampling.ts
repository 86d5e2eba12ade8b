/**
 * Random subsets for sparse random graphs, with additions, multiplications and divisions only: unlike skips by
 * logarithms (graphology-generators' sparse Erdős–Rényi), they have the same bits on every JavaScript engine.
 */
import { sampleWithoutReplacement, type Stream } from '../numerics/index.js';
import { isConnected } from './connectivity.js';
import type { Graph } from './graph.js';

/** Each of low, …, high − 1 with the same probability, independently; ascending. */
export function bernoulliSubset(draw: Stream, low: number, high: number, probability: number): number[] {
  const count = binomial(draw, high - low, probability);
  return sampleWithoutReplacement(draw, high - low, count).map((index) => low + index);
}

/** How many of `trials` succeed; takes time in the order of the mean. */
export function binomial(draw: Stream, trials: number, probability: number): number {
  if (probability > 0.5) return trials - binomial(draw, trials, 1 - probability);
  if (probability <= 0) return 0;
  // Pieces with a mean of at most 16 keep (1 − p)^trials far from underflow.
  const piece = Math.floor(16 / probability);
  let successes = 0;
  for (let left = trials; left > 0; left -= piece) {
    successes += invert(draw(), Math.min(left, piece), probability);
  }
  return successes;
}

/** The quantile at `u` of a binomial distribution, walking up from 0. */
function invert(u: number, trials: number, probability: number): number {
  const odds = probability / (1 - probability);
  let mass = power(1 - probability, trials);
  let below = mass;
  let successes = 0;
  while (u >= below && successes < trials) {
    mass *= ((trials - successes) / (successes + 1)) * odds;
    successes++;
    // Above the mean, a mass too small to be added is the end of the tail that float64 can tell apart.
    if (below + mass === below && below > 0.5) break;
    below += mass;
  }
  return successes;
}

/** x to a whole power by squaring: Math.pow is rounded differently by different engines. */
export function power(x: number, exponent: number): number {
  let result = 1;
  for (let square = x, left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

/** ⌈log2 n⌉ for a whole n of at least 1. */
export function bits(n: number): number {
  return 32 - Math.clz32(n - 1);
}

/** How often a random graph is drawn anew when it has to be connected. */
export const ATTEMPTS = 100;

/** The first graph that is there and, where asked for, connected. */
export function firstGraph(
  make: (attempt: number) => Graph | undefined,
  connected: boolean,
): Graph | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const graph = make(attempt);
    if (graph !== undefined && (!connected || isConnected(graph))) return graph;
  }
  return undefined;
}
