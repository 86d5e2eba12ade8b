/** Sums of nodes' vectors, in which running statistics may have coefficients of their own. */
import type { Term } from '../algorithms/index.js';
import { rangesOf, type Manifest } from '../learning/index.js';
import { linearCombination } from '../merging/index.js';

/** A term of a sum with the vector that it names. */
export interface OpenTerm extends Pick<Term, 'coefficient' | 'statistics'> {
  readonly values: Float32Array;
}

/** into ← Σ coefficient · values, with the coefficients of running statistics where these lie. */
export type Combine = <Vector extends Float32Array | Float64Array>(
  terms: readonly OpenTerm[],
  into: Vector,
) => Vector;

export function combiner(manifest: Manifest): Combine {
  const ranges = rangesOf(manifest);
  if (!ranges.some((range) => range.isStatistic)) return linearCombination;
  return (terms, into) => {
    for (const { start, end, isStatistic } of ranges) {
      const own = terms.map(({ coefficient, statistics = coefficient, values }) => ({
        coefficient: isStatistic ? statistics : coefficient,
        values: values.subarray(start, end),
      }));
      linearCombination(own, into.subarray(start, end));
    }
    return into;
  };
}
