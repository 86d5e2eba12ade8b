/** Neighbours at distances that are powers of two (Assran et al., ICML 2019; Ying et al., NeurIPS 2021). */
import { z } from 'zod';
import { circle } from '../drawing/placements.js';
import { EdgeList } from '../edge-list.js';
import { bits } from '../sampling.js';
import { defineTopology, staticTopology } from '../topology.js';

export const exponential = defineTopology({
  kind: 'exponential',
  summary: 'Node i sends to i + 1, i + 2, i + 4, … (modulo N): ⌈log2 N⌉ neighbours, directed.',
  options: {
    directed: z.boolean().default(true).describe('false: neighbours send back too'),
  },
  create: ({ directed }, { nodes }) => {
    const edges = new EdgeList();
    const seen = new Set<number>();
    for (const hop of hops(nodes)) {
      // Without directions, hops of h and N − h are the same edges; so are both ends of a hop of N / 2.
      const length = directed ? hop : Math.min(hop, nodes - hop);
      if (seen.has(length)) continue;
      seen.add(length);
      const starts = !directed && 2 * length === nodes ? length : nodes;
      for (let node = 0; node < starts; node++) edges.add(node, (node + length) % nodes);
    }
    return staticTopology(edges.toGraph(nodes, directed), () => circle(nodes));
  },
});

/** 1, 2, 4, … below N: ⌈log2 N⌉ of them. */
export function hops(nodes: number): number[] {
  return Array.from({ length: bits(nodes) }, (_, power) => 2 ** power);
}
