/** Everyone rounds with everyone. */
import { circle } from '../drawing/placements.js';
import type { Adjacency } from '../graph.js';
import { defineTopology, refuseTooManyEdges, staticTopology } from '../topology.js';

export const complete = defineTopology({
  kind: 'complete',
  summary: 'Every node is a neighbour of every other one.',
  options: {},
  create: (_, { nodes }) => {
    refuseTooManyEdges('complete', nodes, (nodes * (nodes - 1)) / 2);
    const everyone = everyoneElse(nodes);
    return staticTopology({ nodes, directed: false, out: everyone, in: everyone }, () => circle(nodes));
  },
});

/** Written directly, since a list of all pairs would take as much memory again. */
function everyoneElse(nodes: number): Adjacency {
  const offsets = new Uint32Array(nodes + 1);
  const targets = new Uint32Array(nodes * (nodes - 1));
  let at = 0;
  for (let node = 0; node < nodes; node++) {
    for (let other = 0; other < nodes; other++) if (other !== node) targets[at++] = other;
    offsets[node + 1] = at;
  }
  return { offsets, targets };
}
