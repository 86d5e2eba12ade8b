/** What is recorded, over seeds, and what is derived from it: ends of runs, spreads, rates. */
import { learningRate, optimizerSchema } from '../../../learning/index.js';
import { mean } from '../../../numerics/index.js';
import type { Results } from '../reproduction.js';
import { cellOf, scheduled, type Curve } from './cells.js';
import { seeds, type Setting } from './settings.js';

/** A curve for each seed that has run. */
export type Recorded = (setting: Setting) => readonly Curve[];

export const recordedIn =
  (results: Results): Recorded =>
  (setting) =>
    seeds.flatMap((seed) => results(cellOf(setting, seed)) ?? []);

export type Measure = 'replicaAccuracy' | 'replicaLoss' | 'averageAccuracy' | 'averageLoss' | 'spread';

/** The mean over seeds at the end; undefined where nothing ran, or a run diverged. */
export function final(curves: readonly Curve[], measure: Measure): number | undefined {
  const ends = curves.map((curve) => (curve.ended === 'diverged' ? undefined : curve[measure].at(-1)));
  return meanOfAll(ends);
}

/** The mean of numbers, where there are some and all are there. */
export function meanOfAll(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 && known.length === values.length ? mean(known) : undefined;
}

/** The mean over seeds at each measured step. */
export const overSeeds = (curves: readonly Curve[], measure: Measure): [step: number, value: number][] =>
  (curves.at(0)?.steps ?? []).map((step, index) => [
    step,
    mean(curves.map((curve) => curve[measure][index])),
  ]);

/** Where a run stands that was started with a constant rate: the mean spread over its second half. */
export function settledSpread(curves: readonly Curve[]): number | undefined {
  return meanOfAll(
    curves.map(({ spread, ended }) =>
      ended === 'diverged' ? undefined : mean(spread.slice(Math.floor(spread.length / 2))),
    ),
  );
}

const optimizer = optimizerSchema.parse({ kind: 'sgd', ...scheduled });

/** The scheduled inner rate, on the mean over the inner steps between two measurements. */
export function ratesOf({ steps }: Curve): number[] {
  return steps.map((end, index) => {
    const begin = index === 0 ? 0 : steps[index - 1];
    const rates = Array.from({ length: end - begin }, (_, i) =>
      learningRate(optimizer, { round: 0, step: begin + i }),
    );
    return mean(rates);
  });
}

/** Pearson's correlation. */
export function correlation(xs: readonly number[], ys: readonly number[]): number {
  const [mx, my] = [mean(xs), mean(ys)];
  const sum = (value: (i: number) => number) => xs.reduce((total, _, i) => total + value(i), 0);
  const covariance = sum((i) => (xs[i] - mx) * (ys[i] - my));
  return covariance / Math.sqrt(sum((i) => (xs[i] - mx) ** 2) * sum((i) => (ys[i] - my) ** 2));
}

/** The slope of the least-squares line. */
export function slope(xs: readonly number[], ys: readonly number[]): number {
  const [mx, my] = [mean(xs), mean(ys)];
  const over = xs.reduce((total, x, i) => total + (x - mx) * (ys[i] - my), 0);
  return over / xs.reduce((total, x) => total + (x - mx) ** 2, 0);
}
