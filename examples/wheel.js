/** A plugin: a topology whose nodes are a rim and its hub. */
import { define, graphFromEdges, staticTopology, z } from 'murmuration-fl';

export const topologies = [
  define({
    kind: 'wheel',
    summary: 'A closed line of nodes, of which every so many are joined to a hub.',
    options: { spokes: z.number().int().positive().default(1).describe('every how many nodes have one') },
    create: ({ spokes }, { nodes }) => {
      if (nodes < 4) throw new Error(`a wheel has a hub and a rim of at least 3 nodes, not ${nodes} in all`);
      const edges = [];
      for (let node = 1; node < nodes; node++) {
        edges.push(node, node === nodes - 1 ? 1 : node + 1);
        if ((node - 1) % spokes === 0) edges.push(0, node);
      }
      return staticTopology(graphFromEdges(nodes, Uint32Array.from(edges), false));
    },
  }),
];
