/** What several seeds say together: their mean, and the 95 % interval of confidence of it. */
import { mean } from '../../numerics/index.js';
import { studentCritical } from './student-t.js';

export interface Interval {
  readonly count: number;
  readonly mean: number;
  /** Half the width of the 95 % interval by Student's t; unknown (NaN) from one value. */
  readonly margin: number;
}

/** Of values that are taken for independent draws from something near normal. NaN where there are none. */
export function intervalOf(values: readonly number[]): Interval {
  const count = values.length;
  return {
    count,
    mean: mean(values),
    margin: count < 2 ? NaN : studentCritical(0.95, count - 1) * standardError(values),
  };
}

/** The interval of the runs that have a number, and how many runs there are: one that diverged has none. */
export interface Sample extends Interval {
  readonly of: number;
}

/** Leaves out what is no finite number. */
export const sampleOf = (values: readonly number[]): Sample => ({
  ...intervalOf(values.filter(Number.isFinite)),
  of: values.length,
});

/** s ÷ √n, with s² over n − 1. */
export function standardError(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
