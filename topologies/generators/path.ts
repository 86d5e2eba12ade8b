/** A line of nodes: the slowest connected graph to mix. */
import { line } from '../drawing/placements.js';
import { EdgeList } from '../edge-list.js';
import { defineTopology, staticTopology } from '../topology.js';

export const path = defineTopology({
  kind: 'path',
  summary: 'A line: each node is a neighbour of the one before and the one after it.',
  options: {},
  create: (_, { nodes }) => {
    const edges = new EdgeList();
    for (let node = 1; node < nodes; node++) edges.add(node - 1, node);
    return staticTopology(edges.toGraph(nodes), () => line(nodes));
  },
});
