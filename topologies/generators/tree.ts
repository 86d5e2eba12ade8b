/** A balanced tree, filled level by level. */
import { z } from 'zod';
import { rings } from '../drawing/placements.js';
import { EdgeList } from '../edge-list.js';
import { defineTopology, staticTopology } from '../topology.js';

export const tree = defineTopology({
  kind: 'tree',
  summary: 'A balanced tree with root 0, filled level by level from the left.',
  options: {
    branching: z.int().min(1).default(2).describe('children of a node'),
  },
  create: ({ branching }, { nodes }) => {
    const edges = new EdgeList();
    for (let child = 1; child < nodes; child++) edges.add(Math.floor((child - 1) / branching), child);
    return staticTopology(edges.toGraph(nodes), () => rings(nodes, branching));
  },
});
