/**
 * One neighbour a round, at distances 1, 2, 4, … in turn (Assran et al., ICML 2019). With weights of 1/2 and N
 * a power of two, log2 N rounds give every node the exact mean (Ying et al., NeurIPS 2021).
 */
import { circle } from '../drawing/placements.js';
import { EdgeList } from '../edge-list.js';
import { defineTopology, timeVaryingTopology } from '../topology.js';
import type { Graph } from '../graph.js';
import { hops } from './exponential.js';

export const onePeerExponential = defineTopology({
  kind: 'one-peer-exponential',
  summary:
    'In round t node i sends to i + 2^(t mod ⌈log2 N⌉) only (modulo N); exact mean after log2 N rounds.',
  options: {},
  create: (_, { nodes }) => {
    const lengths = hops(nodes);
    const graphs = new Map<number, Graph>();
    const make = (round: number) => {
      const length = lengths[round % lengths.length];
      const graph = graphs.get(length) ?? shift(nodes, length);
      graphs.set(length, graph);
      return graph;
    };
    return timeVaryingTopology(nodes, true, make, {
      period: lengths.length,
      positions: () => circle(nodes),
    });
  },
});

function shift(nodes: number, length: number): Graph {
  const edges = new EdgeList();
  for (let node = 0; node < nodes; node++) edges.add(node, (node + length) % nodes);
  return edges.toGraph(nodes, true);
}
