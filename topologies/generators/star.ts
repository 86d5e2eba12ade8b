/** A hub and its leaves: a federation with its server as one of the nodes. */
import { hubAndCircle } from '../drawing/placements.js';
import { EdgeList } from '../edge-list.js';
import { defineTopology, staticTopology } from '../topology.js';

export const star = defineTopology({
  kind: 'star',
  summary: 'Node 0 is the hub and the only neighbour of every other node.',
  options: {},
  create: (_, { nodes }) => {
    const edges = new EdgeList();
    for (let leaf = 1; leaf < nodes; leaf++) edges.add(0, leaf);
    return staticTopology(edges.toGraph(nodes), () => hubAndCircle(nodes));
  },
});
