/** What averaging leaves of the variance of independent models, in closed form: before anything is learned. */
import { neighbours, type Graph } from '../../../topologies/index.js';

/**
 * Of models with one and the same variance s², each blended with the mean of N others, this share of s² is left:
 * β² + (1 − β)² / N.
 */
export const afterOneMerge = (share: number, count: number) => share ** 2 + (1 - share) ** 2 / count;

/**
 * The share that is left after each merge, mean over the nodes, where all nodes merge with all their neighbours at a
 * time: with M = βI + (1 − β)D⁻¹A, the mean over i of Σⱼ (Mᵗ)ᵢⱼ². For regular graphs it starts with `afterOneMerge`
 * and falls to 1 / nodes.
 */
export function afterMerges(graph: Graph, share: number, merges: number): number[] {
  let rows = Array.from({ length: graph.nodes }, (_, i) =>
    Float64Array.from({ length: graph.nodes }, (_, j) => (i === j ? 1 : 0)),
  );
  return Array.from({ length: merges }, () => {
    rows = rows.map((row, node) => {
      const others = Array.from(neighbours(graph.in, node));
      return row.map(
        (own, j) =>
          share * own +
          ((1 - share) / others.length) * others.reduce((sum, other) => sum + rows[other][j], 0),
      );
    });
    return rows.flatMap((row) => [...row]).reduce((sum, value) => sum + value ** 2, 0) / graph.nodes;
  });
}
