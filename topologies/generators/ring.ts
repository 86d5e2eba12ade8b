/** A closed line of nodes, in both directions or in one. */
import { z } from 'zod';
import { circle } from '../drawing/placements.js';
import { EdgeList } from '../edge-list.js';
import { defineTopology, refusal, staticTopology } from '../topology.js';

export const ring = defineTopology({
  kind: 'ring',
  summary: 'A closed line: each node is a neighbour of the next and, unless directed, of the previous one.',
  options: {
    directed: z.boolean().default(false).describe('send to the next node only'),
  },
  create: ({ directed }, { nodes }) => {
    if (!directed && nodes < 3) {
      throw refusal('ring', nodes, 'two nodes have one edge; use path, directed: true, or at least 3 nodes');
    }
    const edges = new EdgeList();
    for (let node = 0; node < nodes; node++) edges.add(node, (node + 1) % nodes);
    return staticTopology(edges.toGraph(nodes, directed), () => circle(nodes));
  },
});
