/**
 * The network model of NoLoCo's paper (arXiv 2506.10911, section 5.3) in virtual time: how long replicas wait for
 * messages in a tree all-reduce and in a pair's exchange, and for the slowest of all against the slower of two.
 */
import { distributions, range, stream, type Stream } from '../numerics/index.js';
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
 * A binary tree over 2ᵏ leaves that are ready at these times: each parent waits for the later of its two children's
 * messages; then the sum comes down again, a message from each parent to each child. When each leaf has it.
 */
export function treeAllReduce(starts: Float64Array, message: Draw): Float64Array {
  const levels = Math.log2(starts.length);
  if (!Number.isInteger(levels))
    throw new RangeError(`the tree is over a power of two of nodes, not ${starts.length}`);
  let ready = starts;
  for (let level = 0; level < levels; level++) {
    const below = ready;
    ready = Float64Array.from(range(below.length / 2), (parent) =>
      Math.max(below[2 * parent] + message(), below[2 * parent + 1] + message()),
    );
  }
  for (let level = 0; level < levels; level++) {
    const above = ready;
    ready = Float64Array.from(range(2 * above.length), (child) => above[child >> 1] + message());
  }
  return ready;
}

/** Until the last of `nodes` leaves has the sum, where all are ready at once. */
export const treeAllReduceTime = (nodes: number, message: Draw): number =>
  largest(treeAllReduce(new Float64Array(nodes), message));

/** A pair's exchange is drawn so often for its mean, which is good to 1 % then. */
const PAIRS = 200_000;

/** How many times longer a tree all-reduce takes, the mean of `repeats` draws, than a pair's exchange. */
export function allReduceRatio(nodes: number, spread: number, repeats: number, seed: number): number {
  const message = messageTimes(spread, seed);
  let [tree, pair] = [0, 0];
  for (let repeat = 0; repeat < repeats; repeat++) tree += treeAllReduceTime(nodes, message);
  for (let repeat = 0; repeat < PAIRS; repeat++) pair += pairTime(message);
  return tree / repeats / (pair / PAIRS);
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
  const work = innerWork({ replicas, innerSteps, seed });
  const clocks = new Float64Array(replicas);
  let [all, busy] = [0, 0];
  for (let outer = 0; outer < outerSteps; outer++) {
    const times = work();
    all += largest(times);
    times.forEach((time, replica) => {
      clocks[replica] += time;
      busy += time;
    });
    waitInPairs(clocks, seed, outer);
  }
  const pairs = largest(clocks);
  return { all, pairs, idleAll: 1 - busy / (replicas * all), idlePairs: 1 - busy / (replicas * pairs) };
}

/** Draws how long each replica's inner steps take between two outer steps: each LogNormal(1, ½). */
function innerWork({ replicas, innerSteps, seed }: Omit<Blocking, 'outerSteps'>): () => Float64Array {
  const step = distributions.logNormal(stream(seed, 'steps'), 1, Math.sqrt(0.5));
  return () =>
    Float64Array.from(range(replicas), () => {
      let sum = 0;
      for (let inner = 0; inner < innerSteps; inner++) sum += step();
      return sum;
    });
}

/** Whom an outer step waits for: all, in a tree all-reduce, or a random partner. */
export type Waiting = 'all' | 'pairs';

export interface Pace extends Blocking {
  /** Mean of a message's time, in mean inner steps, and standard deviation over the mean. */
  readonly message: number;
  readonly spread: number;
}

/**
 * When the last replica is through each outer step, in mean inner steps. A pair's φ leave when their inner steps
 * begin and their Δ when these end, so that a replica goes on as soon as it is done itself and has both.
 */
export function outerStepTimes(waiting: Waiting, pace: Pace): number[] {
  const work = innerWork(pace);
  const single = messageTimes(pace.spread, pace.seed);
  const message = () => pace.message * single();
  let clocks: Float64Array = new Float64Array(pace.replicas);
  return Array.from(range(pace.outerSteps), (outer) => {
    const times = work();
    const ready = clocks.map((clock, replica) => clock + times[replica] / MEAN_INNER_STEP);
    clocks =
      waiting === 'all'
        ? treeAllReduce(ready, message)
        : exchangeInPairs(clocks, ready, message, stream(pace.seed, 'pairs', outer));
    return largest(clocks);
  });
}

/** exp(μ + σ²/2) with μ = 1 and σ² = ½. */
const MEAN_INNER_STEP = Math.exp(1.25);

function exchangeInPairs(
  begun: Float64Array,
  ready: Float64Array,
  message: Draw,
  draw: Stream,
): Float64Array<ArrayBuffer> {
  const done = ready.slice();
  const arrival = (from: number) => Math.max(begun[from] + message(), ready[from] + message());
  for (const [a, b] of randomPairs(done.length, draw)) {
    done[a] = Math.max(ready[a], arrival(b));
    done[b] = Math.max(ready[b], arrival(a));
  }
  return done;
}

function waitInPairs(clocks: Float64Array, seed: number, outer: number): void {
  for (const [a, b] of randomPairs(clocks.length, stream(seed, 'pairs', outer))) {
    clocks[a] = clocks[b] = Math.max(clocks[a], clocks[b]);
  }
}

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, value), 0);
