/** The curves of several seeds as one: at each round that all of them were evaluated at, the mean and its interval. */
import { mean } from '../../numerics/index.js';
import type { Curve } from './curve.js';
import { intervalOf, type Interval } from './interval.js';

export interface AveragePoint {
  readonly round: number;
  /** Means over the seeds, where every seed has it. */
  readonly bytes: number | undefined;
  readonly steps: number | undefined;
  readonly time: number | undefined;
  readonly accuracy: Interval;
  readonly loss: Interval;
}

/** Ends where the shortest curve ends, so that no seed drops out on the way. */
export function averageCurve(curves: readonly Curve[]): AveragePoint[] {
  const byRound = curves.map((curve) => new Map(curve.map((point) => [point.round, point])));
  return (curves.at(0) ?? []).flatMap(({ round }) => {
    const points = byRound.flatMap((points) => points.get(round) ?? []);
    if (points.length < curves.length) return [];
    return [
      {
        round,
        bytes: meanWhereKnown(points.map(({ bytes }) => bytes)),
        steps: meanWhereKnown(points.map(({ steps }) => steps)),
        time: meanWhereKnown(points.map(({ time }) => time)),
        accuracy: intervalOf(points.map(({ accuracy }) => accuracy)),
        loss: intervalOf(points.map(({ loss }) => loss)),
      },
    ];
  });
}

function meanWhereKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? mean(known) : undefined;
}
