/** A run's course on held-out examples, and what it is measured by: when it reached a target, the area under it. */
import type { Progress } from './progress.js';

export interface CurvePoint {
  readonly round: number;
  /** Moved so far, where recorded. */
  readonly bytes: number | undefined;
  /** Local steps of all clients or nodes so far, where recorded. */
  readonly steps: number | undefined;
  /** Virtual, where the run has one. */
  readonly time: number | undefined;
  readonly accuracy: number;
  readonly loss: number;
}

/** By round, ascending. */
export type Curve = readonly CurvePoint[];

export function curveOf(progress: Progress, on: 'test' | 'validation' = 'test'): Curve {
  return progress[on].map(({ round, accuracy, loss }) => ({
    round,
    bytes: progress.bytesBy(round),
    steps: progress.stepsBy(round),
    time: progress.timeBy(round),
    accuracy,
    loss,
  }));
}

/** The first evaluation that met the target; between evaluations nothing is assumed. */
export const firstReaching = (curve: Curve, accuracy: number) =>
  curve.find((point) => point.accuracy >= accuracy);

/**
 * The mean height of the accuracy between two rounds: the area under the curve (trapezoids, as the evaluations lie)
 * over its width. NaN where the curve does not span them.
 */
export function areaUnder(curve: Curve, from: number, to: number): number {
  const heights = [from, to].map((round) => heightAt(curve, round));
  if (heights.some(Number.isNaN)) return NaN;
  if (from === to) return heights[0];
  const points = [
    { round: from, accuracy: heights[0] },
    ...curve.filter(({ round }) => round > from && round < to),
    { round: to, accuracy: heights[1] },
  ];
  let area = 0;
  for (let i = 1; i < points.length; i++) {
    area += ((points[i].round - points[i - 1].round) * (points[i].accuracy + points[i - 1].accuracy)) / 2;
  }
  return area / (to - from);
}

function heightAt(curve: Curve, round: number): number {
  const after = curve.findIndex((point) => point.round >= round);
  if (after < 0) return NaN;
  const right = curve[after];
  if (right.round === round) return right.accuracy;
  if (after === 0) return NaN;
  const left = curve[after - 1];
  const share = (round - left.round) / (right.round - left.round);
  return left.accuracy + share * (right.accuracy - left.accuracy);
}

/** The rounds that all curves span; undefined where there are none. */
export function commonSpan(curves: readonly Curve[]): readonly [from: number, to: number] | undefined {
  if (curves.length === 0 || curves.some((curve) => curve.length === 0)) return undefined;
  const from = Math.max(...curves.map((curve) => curve[0].round));
  const to = Math.min(...curves.map((curve) => curve[curve.length - 1].round));
  return from <= to ? [from, to] : undefined;
}
