/** A rectangle of nodes without wrapping. */
import { z } from 'zod';
import { lattice } from '../drawing/placements.js';
import { EdgeList } from '../edge-list.js';
import { defineTopology, staticTopology } from '../topology.js';
import { rectangle } from './rectangle.js';

export const grid = defineTopology({
  kind: 'grid',
  summary: 'A rectangle, row by row: the nodes above, below, left and right are neighbours.',
  options: {
    rows: z.int().min(1).optional().describe('rows; left out, the most nearly square rectangle'),
  },
  create: (options, { nodes }) => {
    const { rows, columns } = rectangle('grid', nodes, options.rows, 2);
    const edges = new EdgeList();
    for (let node = 0; node < nodes; node++) {
      if ((node + 1) % columns !== 0) edges.add(node, node + 1);
      if (node + columns < nodes) edges.add(node, node + columns);
    }
    return staticTopology(edges.toGraph(nodes), () => lattice(rows, columns));
  },
});
