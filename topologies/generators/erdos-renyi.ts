/** G(N, p): every pair is an edge with the same probability (Gilbert 1959; Erdős & Rényi 1959). */
import { z } from 'zod';
import { stream, type Stream } from '../../numerics/index.js';
import { EdgeList } from '../edge-list.js';
import type { Graph } from '../graph.js';
import { ATTEMPTS, bernoulliSubset, bits, firstGraph, power } from '../sampling.js';
import { defineTopology, refusal, refuseTooManyEdges, staticTopology } from '../topology.js';
import { probability } from './options.js';

export const erdosRenyi = defineTopology({
  kind: 'erdos-renyi',
  summary: 'Every pair of nodes is an edge with the same probability, independently.',
  options: {
    probability: probability()
      .optional()
      .describe('probability of each edge; left out, 2 ⌈log2 N⌉ / (N − 1), nearly always connected'),
    connected: z.boolean().default(true).describe('draw until the graph is connected'),
  },
  create: (options, { nodes, seed }) => {
    const { connected } = options;
    const p = options.probability ?? Math.min(1, (2 * bits(nodes)) / (nodes - 1));
    refuseTooManyEdges('erdos-renyi', nodes, (p * nodes * (nodes - 1)) / 2);
    const isolated = nodes * power(1 - p, nodes - 1);
    // Graphs with many isolated nodes on average are connected with probability near exp(−isolated).
    const hopeless = connected && isolated > 20;
    const graph = hopeless
      ? undefined
      : firstGraph((attempt) => draw(stream(seed, 'topology', 'erdos-renyi', attempt), nodes, p), connected);
    if (graph === undefined) {
      throw refusal(
        'erdos-renyi',
        nodes,
        `probability ${p} ${hopeless ? 'leaves' : `gave no connected graph in ${ATTEMPTS} draws and leaves`} ` +
          `about ${Number(isolated.toPrecision(2))} nodes without any neighbour; use a probability above ` +
          `ln(N)/N = ${(Math.log(nodes) / nodes).toPrecision(2)}, or connected: false`,
      );
    }
    return staticTopology(graph);
  },
});

function draw(source: Stream, nodes: number, p: number): Graph {
  const edges = new EdgeList();
  for (let node = 0; node < nodes; node++) {
    for (const other of bernoulliSubset(source, node + 1, nodes, p)) edges.add(node, other);
  }
  return edges.toGraph(nodes);
}
