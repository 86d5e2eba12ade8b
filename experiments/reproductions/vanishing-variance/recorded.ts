/** What is recorded of a setting, over its seeds, and how many rounds its nodes needed to an accuracy. */
import { mean } from '../../../numerics/index.js';
import type { Results } from '../reproduction.js';
import { cellOf, tracedCell, type Curve } from './cells.js';
import { seeds, type GossipSetting, type ReferenceSetting } from './settings.js';

export interface Recorded {
  /** A curve for each seed that has run. */
  curves(setting: GossipSetting | ReferenceSetting): readonly Curve[];
  /** The first rounds, of the first seed. */
  first(setting: GossipSetting | ReferenceSetting): Curve | undefined;
}

export const recordedIn = (results: Results): Recorded => ({
  curves: (setting) => seeds.flatMap((seed) => results(cellOf(setting, seed)) ?? []),
  first: (setting) => results(tracedCell(setting, seeds[0])),
});

/** Accuracy of guessing one of ten classes: where every curve is taken to begin. */
const CHANCE = 0.1;

/**
 * When the mean accuracy of the nodes first reaches a target, interpolated linearly between two measurements;
 * undefined where it did not.
 */
export function roundsTo(target: number, { rounds, accuracy }: Curve): number | undefined {
  const reached = accuracy.findIndex((value) => value >= target);
  if (reached < 0) return undefined;
  const [round, value] = reached === 0 ? [0, CHANCE] : [rounds[reached - 1], accuracy[reached - 1]];
  return round + ((rounds[reached] - round) * (target - value)) / (accuracy[reached] - value);
}

/** Mean over the seeds, where each of them reached the target. */
export function meanRoundsTo(target: number, curves: readonly Curve[]): number | undefined {
  const rounds = curves.flatMap((curve) => roundsTo(target, curve) ?? []);
  return rounds.length > 0 && rounds.length === curves.length ? mean(rounds) : undefined;
}

/** The mean accuracy at the end of the runs. */
export const finalAccuracy = (curves: readonly Curve[]): number =>
  mean(curves.map(({ accuracy }) => accuracy[accuracy.length - 1]));

/** For each measured round that all curves have: mean, least and greatest. */
export function overSeeds(
  curves: readonly Curve[],
): { round: number; mean: number; least: number; greatest: number }[] {
  const shortest = Math.min(...curves.map(({ rounds }) => rounds.length));
  return curves[0].rounds.slice(0, shortest).map((round, i) => {
    const values = curves.map(({ accuracy }) => accuracy[i]);
    return { round, mean: mean(values), least: Math.min(...values), greatest: Math.max(...values) };
  });
}
