/** Nodes as binary numbers; neighbours differ in one bit. */
import { EdgeList } from '../edge-list.js';
import { bits } from '../sampling.js';
import { defineTopology, refusal, staticTopology } from '../topology.js';

export const hypercube = defineTopology({
  kind: 'hypercube',
  summary: 'Neighbours differ in one binary digit of their numbers; log2 N neighbours, N a power of two.',
  options: {},
  create: (_, { nodes }) => {
    const dimensions = bits(nodes);
    if (2 ** dimensions !== nodes) {
      const nearest = `${2 ** (dimensions - 1)} or ${2 ** dimensions}`;
      throw refusal('hypercube', nodes, `the number of nodes has to be a power of two; use ${nearest} nodes`);
    }
    const edges = new EdgeList();
    for (let node = 0; node < nodes; node++) {
      for (let bit = 1; bit < nodes; bit *= 2) if ((node & bit) === 0) edges.add(node, node | bit);
    }
    return staticTopology(edges.toGraph(nodes));
  },
});
