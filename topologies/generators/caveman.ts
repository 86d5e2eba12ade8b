/** Cliques with few or no edges between them (Watts 1999). */
import { z } from 'zod';
import { EdgeList } from '../edge-list.js';
import { defineTopology, refusal, refuseTooManyEdges, staticTopology } from '../topology.js';

export const caveman = defineTopology({
  kind: 'caveman',
  summary: 'Cliques of equal size in a circle, each with one edge rewired to the clique before it.',
  options: {
    cliques: z
      .int()
      .min(1)
      .optional()
      .describe('number of cliques; left out, about as many as a clique has nodes'),
    connected: z.boolean().default(true).describe('false: no edges between the cliques'),
  },
  create: (options, { nodes }) => {
    const { connected } = options;
    const least = connected ? 3 : 2;
    const cliques = options.cliques ?? usualCliques(nodes, least);
    if (cliques === undefined || nodes % cliques !== 0 || nodes / cliques < least) {
      const asked = cliques ?? 2;
      const fitting = numbersOfCliques(nodes, least).join(', ');
      throw refusal(
        'caveman',
        nodes,
        `${cliques ?? 'several'} cliques of equal size, at least ${least} nodes each, do not come out even; ` +
          `use ${fitting && `cliques: ${fitting}, or `}${asked * Math.max(least, Math.ceil(nodes / asked))} nodes`,
      );
    }
    const size = nodes / cliques;
    refuseTooManyEdges('caveman', nodes, (nodes * (size - 1)) / 2);
    const edges = new EdgeList();
    for (let first = 0; first < nodes; first += size) {
      for (let a = first; a < first + size; a++) {
        for (let b = a + 1; b < first + size; b++) {
          const rewired = connected && cliques > 1 && a === first && b === first + 1;
          if (rewired) edges.add(a, (first + nodes - 1) % nodes);
          else edges.add(a, b);
        }
      }
    }
    return staticTopology(edges.toGraph(nodes));
  },
});

function numbersOfCliques(nodes: number, least: number): number[] {
  const numbers: number[] = [];
  for (let cliques = 1; cliques * least <= nodes; cliques++) if (nodes % cliques === 0) numbers.push(cliques);
  return numbers;
}

/** The largest number above 1, up to the square root. */
function usualCliques(nodes: number, least: number): number | undefined {
  return numbersOfCliques(nodes, least).findLast((cliques) => cliques > 1 && cliques * cliques <= nodes);
}
