/** Detailed balance: which unsymmetric mixing matrices are symmetric ones in other coordinates. */
import { opposites, type MixingMatrix } from '../mixing/matrix.js';

/**
 * Positive π with π_i W_ij = π_j W_ji for all i, j (the plain mean over neighbours on an undirected graph has
 * one: its degrees plus 1). Nothing where there is none: then eigenvalues may be complex.
 */
export function balance({ nodes, rows, weights, symmetric }: MixingMatrix): Float64Array | undefined {
  if (symmetric) return new Float64Array(nodes).fill(1);
  const back = opposites(rows);
  if (back === undefined) return undefined;
  const { offsets, targets } = rows;
  const pi = new Float64Array(nodes);
  for (let start = 0; start < nodes; start++) {
    if (pi[start] > 0) continue;
    pi[start] = 1;
    const stack = [start];
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      for (let at = offsets[i]; at < offsets[i + 1]; at++) {
        const j = targets[at];
        const expected = (pi[i] * weights[at]) / weights[back[at]];
        if (pi[j] === 0) {
          pi[j] = expected;
          stack.push(j);
        } else if (!(Math.abs(pi[j] - expected) <= 1e-9 * expected)) return undefined;
      }
    }
  }
  return pi;
}
