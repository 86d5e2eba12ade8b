/** A rectangle of nodes whose opposite sides are joined: every node has four neighbours. */
import { z } from 'zod';
import { lattice } from '../drawing/placements.js';
import { EdgeList } from '../edge-list.js';
import { defineTopology, staticTopology } from '../topology.js';
import { rectangle } from './rectangle.js';

export const torus = defineTopology({
  kind: 'torus',
  summary: 'A rectangle, row by row, whose opposite sides are joined: every node has four neighbours.',
  options: {
    rows: z.int().min(1).optional().describe('rows; left out, the most nearly square rectangle'),
  },
  create: (options, { nodes }) => {
    const { rows, columns } = rectangle('torus', nodes, options.rows, 3);
    const edges = new EdgeList();
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const node = row * columns + column;
        edges.add(node, row * columns + ((column + 1) % columns));
        edges.add(node, ((row + 1) % rows) * columns + column);
      }
    }
    return staticTopology(edges.toGraph(nodes), () => lattice(rows, columns, 0.4));
  },
});
