/** The latest virtual time at which a message of a round can come, where the recipe's distributions have an end. */
import type { Distribution, Federation } from '../recipe/index.js';

/** For draws without an end: a time that can still be counted on from. */
const FAR = 2 ** 40;

/** @returns the latest time by a sender's round; in asynchronous gossip it is one for the run */
export function latestTimes({ recipe, codec, model }: Federation): (round: number) => number {
  const { schedule, network, rounds } = recipe;
  const { latency, bandwidth } = network;
  const bytes = MOST_VECTORS * codec.bytes(model.manifest.length);
  const delay = largestOf(latency) + (bandwidth === undefined ? 0 : bytes / bandwidth);
  const longest = Math.min(largestOf(schedule.compute) + delay, FAR);
  // A node wakes a unit after it woke last, or when it has everything.
  const round = (index: number) => slack((index + 1) * Math.max(1, longest));
  if (schedule.kind !== 'asynchronous') return round;
  const end = slack(rounds * Math.min(largestOf(schedule.period), FAR) + longest);
  return () => end;
}

/** Of a message, for a bound. */
const MOST_VECTORS = 16;

/** Sums of times are rounded. */
const slack = (time: number) => time * (1 + 1e-9);

function largestOf(distribution: Distribution): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value;
    case 'uniform':
    case 'uniform-integer':
      return distribution.high;
    case 'exponential':
    case 'log-normal':
      return FAR;
  }
}
