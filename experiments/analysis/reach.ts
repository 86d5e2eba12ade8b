/**
 * What it took to reach a target, over seeds of which some may never have. A run that ended before is no number:
 * all that is known is that it takes more than it had, so means are given only where every run reached.
 */
import { intervalOf, type Interval } from './interval.js';

export interface Reach {
  readonly runs: number;
  readonly reached: number;
  /** Over all runs; only where every run reached. */
  readonly all?: Interval;
  /** The middle run, where it is known: no run that did not reach ended before it. */
  readonly median?: number;
  /** What the runs that did not reach had at least. */
  readonly beyond?: number;
}

/** Of one run: what it took, or what it had when it ended without reaching; without end where it never can. */
export type Attempt = { readonly took: number } | { readonly endedAt: number };

export function reachOf(attempts: readonly Attempt[]): Reach {
  const took = attempts.flatMap((attempt) => ('took' in attempt ? [attempt.took] : [])).sort((a, b) => a - b);
  const ended = attempts.flatMap((attempt) => ('endedAt' in attempt ? [attempt.endedAt] : []));
  const runs = attempts.length;
  const beyond = Math.min(...ended);
  const [below, above] = [Math.ceil(runs / 2) - 1, Math.floor(runs / 2)];
  return {
    runs,
    reached: took.length,
    ...(runs > 0 && ended.length === 0 && { all: intervalOf(took) }),
    ...(above < took.length && took[above] <= beyond && { median: (took[below] + took[above]) / 2 }),
    ...(Number.isFinite(beyond) && { beyond }),
  };
}
