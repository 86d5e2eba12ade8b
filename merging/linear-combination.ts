/** Linear combinations of vectors, summed in float64. */
import { workbenchFor, type Workbench } from './workbench.js';

export interface LinearTerm {
  readonly coefficient: number;
  readonly values: Float32Array;
}

/** Numbers whose sums are made at a time: 16 KiB, so that they stay in the first cache. */
const BLOCK = 2048;
/** The scratch blocks of a workbench that hold the sums, a term and what comes out. */
const [SUMS, TERM, RESULT] = [0, 1, 2];

/**
 * into ← Σ coefficient · values, in float64 in the order of the terms from 0 on, rounded to what `into` holds.
 * @param into of the terms' length; may be one of them
 */
export function linearCombination<Vector extends Float32Array | Float64Array>(
  terms: readonly LinearTerm[],
  into: Vector,
): Vector {
  const bench = workbenchFor(into);
  for (let from = 0; from < into.length; from += BLOCK) {
    const to = Math.min(from + BLOCK, into.length);
    const sums = bench
      .doubles(SUMS)
      .subarray(0, to - from)
      .fill(0);
    for (const { coefficient, values } of terms) {
      const at = bench.read(values, TERM, from, to);
      bench.kernels.accumulate(at, bench.slot(SUMS), at + 4 * (to - from), coefficient);
    }
    if (into instanceof Float64Array) into.set(sums, from);
    else round(bench, into, from, to);
  }
  return into;
}

function round(bench: Workbench, into: Float32Array, from: number, to: number): void {
  const at = bench.target(into, RESULT, from);
  bench.kernels.rounded(at, bench.slot(SUMS), at + 4 * (to - from));
  bench.finish(into, RESULT, from, to);
}
