/** Scale-free graphs by preferential attachment (Barabási & Albert, Science 1999). */
import { z } from 'zod';
import { drawInteger, stream, type Stream } from '../../numerics/index.js';
import { EdgeList } from '../edge-list.js';
import type { Graph } from '../graph.js';
import { defineTopology, refusal, refuseTooManyEdges, staticTopology } from '../topology.js';

export const barabasiAlbert = defineTopology({
  kind: 'barabasi-albert',
  summary:
    'Nodes join one by one and choose neighbours in proportion to their degree: a few hubs, many leaves.',
  options: {
    edges: z.int().min(1).default(2).describe('neighbours that a joining node chooses'),
  },
  create: ({ edges }, { nodes, seed }) => {
    if (edges >= nodes) {
      throw refusal(
        'barabasi-albert',
        nodes,
        `a joining node cannot choose ${edges} neighbours; use edges: ${nodes - 1} or fewer, or more nodes`,
      );
    }
    refuseTooManyEdges('barabasi-albert', nodes, edges * nodes);
    return staticTopology(attach(stream(seed, 'topology', 'barabasi-albert'), nodes, edges));
  },
});

/** Starts from a star of m + 1 nodes, as networkx does; connected by construction. */
function attach(draw: Stream, nodes: number, m: number): Graph {
  const edges = new EdgeList();
  // Every node stands here once for each of its edges, so a uniform draw is in proportion to degree.
  const ends = new Uint32Array(2 * m * (nodes - m));
  let length = 0;
  const join = (a: number, b: number) => {
    edges.add(a, b);
    ends[length++] = a;
    ends[length++] = b;
  };
  for (let leaf = 1; leaf <= m; leaf++) join(0, leaf);
  const chosen = new Set<number>();
  for (let node = m + 1; node < nodes; node++) {
    chosen.clear();
    while (chosen.size < m) chosen.add(ends[drawInteger(draw, length)]);
    for (const other of chosen) join(other, node);
  }
  return edges.toGraph(nodes);
}
