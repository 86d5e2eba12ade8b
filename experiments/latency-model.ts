/**
 * The network model of NoLoCo's paper (arXiv 2506.10911, section 5.3) in virtual time: how long replicas wait for
 * messages in a tree all-reduce and in a pair's exchange, and for the slowest of all against the slower of two.
 */
import { distributions, range, stream } from '../numerics/index.js';
import { randomPairs } from '../topologies/index.js';

/** Draws a time. */
export type Draw = () => number;

/** Log-normal times of mean 1; `spread` is their standard deviation. */
export function messageTimes(spread: number, seed: number): Draw {
  const variance = Math.log1p(spread * spread);
  return distributions.logNormal(stream(seed, 'messages'), -variance / 2, Math.sqrt(variance));
}

/** Until a pair has each other's vector, both ways at once, and so again for the answer: 2 max(t₁, t₂). */
export const pairTime = (message: Draw): number => 2 * Math.max(message(), message());

/**
 * A binary tree over `nodes` = 2ᵏ leaves: each parent waits for the later of its two children's messages; then the
 * sum comes down again, a message from each parent to each child, until the last leaf has it.
 */
export function treeAllReduceTime(nodes: number, message: Draw): number {
  const levels = Math.log2(nodes);
  if (!Number.isInteger(levels))
    throw new RangeError(`the tree is over a power of two of nodes, not ${nodes}`);
  let ready = new Float64Array(nodes);
  for (let level = 0; level < levels; level++) {
    ready = Float64Array.from(range(ready.length / 2), (parent) =>
      Math.max(ready[2 * parent] + message(), ready[2 * parent + 1] + message()),
    );
  }
  for (let level = 0; level < levels; level++) {
    ready = Float64Array.from(range(2 * ready.length), (child) => ready[child >> 1] + message());
  }
  return largest(ready);
}

/** How many times longer a tree all-reduce takes than a pair's exchange, each the mean of `repeats` draws. */
export function allReduceRatio(nodes: number, spread: number, repeats: number, seed: number): number {
  const message = messageTimes(spread, seed);
  let [tree, pair] = [0, 0];
  for (let repeat = 0; repeat < repeats; repeat++) tree += treeAllReduceTime(nodes, message);
  const pairs = 100 * repeats;
  for (let repeat = 0; repeat < pairs; repeat++) pair += pairTime(message);
  return tree / repeats / (pair / pairs);
}

export interface Blocking {
  readonly replicas: number;
  readonly innerSteps: number;
  readonly outerSteps: number;
  readonly seed: number;
}

export interface BlockingTimes {
  /** Until the last replica is done, where each outer step waits for all, and where it waits for a random partner. */
  readonly all: number;
  readonly pairs: number;
  /** Which share of the replicas' time is spent waiting. */
  readonly idleAll: number;
  readonly idlePairs: number;
}

/** Inner steps take LogNormal(1, ½), messages nothing; both ways of waiting have the same draws. */
export function blockingTimes({ replicas, innerSteps, outerSteps, seed }: Blocking): BlockingTimes {
  const step = distributions.logNormal(stream(seed, 'steps'), 1, Math.sqrt(0.5));
  const clocks = new Float64Array(replicas);
  let [all, busy] = [0, 0];
  for (let outer = 0; outer < outerSteps; outer++) {
    const work = Float64Array.from(range(replicas), () => {
      let sum = 0;
      for (let inner = 0; inner < innerSteps; inner++) sum += step();
      return sum;
    });
    all += largest(work);
    work.forEach((time, replica) => {
      clocks[replica] += time;
      busy += time;
    });
    waitInPairs(clocks, seed, outer);
  }
  const pairs = largest(clocks);
  return { all, pairs, idleAll: 1 - busy / (replicas * all), idlePairs: 1 - busy / (replicas * pairs) };
}

function waitInPairs(clocks: Float64Array, seed: number, outer: number): void {
  for (const [a, b] of randomPairs(clocks.length, stream(seed, 'pairs', outer))) {
    clocks[a] = clocks[b] = Math.max(clocks[a], clocks[b]);
  }
}

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, value), 0);
