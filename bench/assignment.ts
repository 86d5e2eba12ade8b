/**
 * How long assignment takes on random square scores, ours and that of the package linear-sum-assignment in turns;
 * `npm run bench` prints it.
 */
import { linearSumAssignment } from 'linear-sum-assignment';
import { assign, type ScoreMatrix } from '../matching/index.js';
import { quantile, stream } from '../numerics/index.js';

export interface AssignmentTiming {
  /** Rows and columns of the score matrix. */
  readonly units: number;
  /** Medians over the repetitions. */
  readonly ours: number;
  readonly theirs: number;
}

/** Times both on uniform random scores, after one solution each that is not counted. @throws Error where they differ */
export function timeAssignment(sizes: readonly number[] = [100, 500, 2000], times = 3): AssignmentTiming[] {
  return sizes.map((units) => {
    const draw = stream(1, 'bench', 'assignment', units);
    const scores = {
      rows: units,
      columns: units,
      values: Float64Array.from({ length: units ** 2 }, draw),
    };
    const rows = Array.from({ length: units }, (_, row) =>
      scores.values.subarray(row * units, (row + 1) * units),
    );
    const solve = {
      ours: () => assign(scores, 'maximise').value,
      theirs: () => total(scores, linearSumAssignment(rows, { maximaze: true })),
    };
    const [value, other] = [solve.ours(), solve.theirs()];
    if (Math.abs(value - other) > 1e-9 * value) {
      throw new Error(`two solutions of ${units} units are worth ${value} and ${other}; one is no optimum`);
    }
    const taken = { ours: new Array<number>(), theirs: new Array<number>() };
    for (let time = 0; time < times; time++) {
      for (const who of ['ours', 'theirs'] as const) {
        const start = performance.now();
        solve[who]();
        taken[who].push(performance.now() - start);
      }
    }
    return { units, ours: quantile(taken.ours, 0.5), theirs: quantile(taken.theirs, 0.5) };
  });
}

type Solution = ReturnType<typeof linearSumAssignment>;

/** What the chosen scores add up to. */
function total({ columns, values }: ScoreMatrix, { rowAssignments }: Solution): number {
  let sum = 0;
  rowAssignments.forEach((column, row) => (sum += values[row * columns + column]));
  return sum;
}
