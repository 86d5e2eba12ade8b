/** Estimates of global units from the clients' units that were assigned to them. */
import type { MatchingOptions } from './options.js';
import type { Prior } from './scores.js';
import type { Signatures } from './signatures.js';

/**
 * The signatures of `width` global units. With members w of beliefs y (1 where none is given):
 * `popularity-mean` is Σ y w / Σ y (the plain mean where nobody believes), `map` the posterior mean
 * (mean / sigma0 + Σ y w / sigma) / (1 / sigma0 + Σ y / sigma), `mean-over-J` is Σ w / J.
 * @param assignments for each client the global position of each of its units
 */
export function estimateUnits(
  estimate: MatchingOptions['estimate'],
  clients: readonly Signatures[],
  assignments: readonly ArrayLike<number>[],
  width: number,
  { mean, sigma, sigma0 }: Prior,
): Float64Array[] {
  const coordinates = mean.length;
  const vectors = () => Array.from({ length: width }, () => new Float64Array(coordinates));
  const [believedSum, beliefSum, plainSum] = [vectors(), vectors(), vectors()];
  const counts = new Int32Array(width);
  clients.forEach(({ rows, belief }, client) => {
    const plain = coordinates - belief.length;
    rows.forEach((row, unit) => {
      const at = assignments[client][unit];
      counts[at]++;
      for (let d = 0; d < coordinates; d++) {
        const y = d < plain ? 1 : belief[d - plain];
        believedSum[at][d] += y * row[d];
        beliefSum[at][d] += y;
        plainSum[at][d] += row[d];
      }
    });
  });
  const estimates = {
    'popularity-mean': (i: number, d: number) =>
      beliefSum[i][d] > 0 ? believedSum[i][d] / beliefSum[i][d] : plainSum[i][d] / counts[i],
    map: (i: number, d: number) =>
      (mean[d] / sigma0 + believedSum[i][d] / sigma) / (1 / sigma0 + beliefSum[i][d] / sigma),
    'mean-over-J': (i: number, d: number) => plainSum[i][d] / clients.length,
  };
  const of = estimates[estimate];
  return vectors().map((unit, i) => unit.map((_, d) => of(i, d)));
}
