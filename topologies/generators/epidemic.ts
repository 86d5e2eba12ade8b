/** Epidemic learning: fresh random neighbours every round (De Vos et al., NeurIPS 2023). */
import { z } from 'zod';
import { sampleWithoutReplacement, stream } from '../../numerics/index.js';
import { EdgeList } from '../edge-list.js';
import type { Graph } from '../graph.js';
import { ATTEMPTS, bits, firstGraph } from '../sampling.js';
import { defineTopology, refusal, refuseTooManyEdges, timeVaryingTopology } from '../topology.js';
import { checkRegular, randomRegular } from './random-regular.js';

export const epidemic = defineTopology({
  kind: 'epidemic',
  summary:
    'Fresh random neighbours in every round: a random regular graph, or receivers that each node draws.',
  options: {
    degree: z.int().min(1).optional().describe('neighbours of a node; left out, ⌈log2 N⌉ or one more'),
    variant: z
      .enum(['oracle', 'local'])
      .default('oracle')
      .describe('oracle: one random regular graph a round; local: every node draws its receivers (directed)'),
  },
  create: (options, { nodes, seed }) => {
    const local = options.variant === 'local';
    const degree = options.degree ?? usualDegree(nodes, local);
    const draw = (round: number, attempt = 0) => stream(seed, 'topology', 'epidemic', round, attempt);
    if (local) {
      if (degree >= nodes)
        throw refusal(
          'epidemic',
          nodes,
          `degree ${degree} is too large: there are ${nodes - 1} others to send to`,
        );
      refuseTooManyEdges('epidemic', nodes, degree * nodes);
      return timeVaryingTopology(nodes, true, (round) => receivers(draw(round), nodes, degree));
    }
    checkRegular('epidemic', nodes, degree);
    return timeVaryingTopology(nodes, false, (round) => {
      const graph = firstGraph((attempt) => randomRegular(draw(round, attempt), nodes, degree), false);
      if (graph !== undefined) return graph;
      throw refusal('epidemic', nodes, `none of ${ATTEMPTS} draws gave degree ${degree}; use another degree`);
    });
  },
});

/** ⌈log2 N⌉, one more where an odd number of nodes needs an even degree, and never everybody twice. */
function usualDegree(nodes: number, local: boolean): number {
  const degree = bits(nodes);
  return Math.min(nodes - 1, local || (degree * nodes) % 2 === 0 ? degree : degree + 1);
}

/** EL-Local: every node sends to as many others, drawn uniformly; how many it hears from varies. */
function receivers(draw: () => number, nodes: number, degree: number): Graph {
  const edges = new EdgeList();
  for (let node = 0; node < nodes; node++) {
    for (const other of sampleWithoutReplacement(draw, nodes - 1, degree))
      edges.add(node, other < node ? other : other + 1);
  }
  return edges.toGraph(nodes, true);
}
