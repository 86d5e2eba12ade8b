/** Where a drawing puts the nodes of a topology. */
import { UndirectedGraph } from 'graphology';
import forceAtlas2 from 'graphology-layout-forceatlas2';
import { stream } from '../../numerics/index.js';
import { forEachEdge, type Graph } from '../graph.js';
import type { Topology } from '../topology.js';
import { circle } from './placements.js';

/** Above this many nodes, forces between far ones are taken together (Barnes & Hut 1986). */
const FEW = 800;

/** Rounds of forces, fewer for large graphs: about ten seconds at 20,000 nodes. */
const rounds = (nodes: number) => Math.round(Math.min(600, Math.max(60, 4e5 / nodes)));

/**
 * x to the right and y downwards, in [0, 1], node by node. The definition's own places where it has some; a
 * circle where rounds differ; else by forces (ForceAtlas2: Jacomy et al. 2014) from a start drawn with the seed.
 */
export function layout(topology: Topology, seed = 0): Float64Array {
  if (topology.positions) return topology.positions();
  return topology.timeVarying ? circle(topology.nodes) : byForces(topology.at(0), seed);
}

/** The same for any one graph. */
export function byForces(graph: Graph, seed = 0): Float64Array {
  const draw = stream(seed, 'topology', 'layout', graph.nodes);
  const moving = new UndirectedGraph();
  for (let node = 0; node < graph.nodes; node++) moving.addNode(node, { x: draw(), y: draw() });
  forEachEdge(graph, (from, to) => moving.mergeEdge(from, to));
  const places = forceAtlas2(moving, {
    iterations: rounds(graph.nodes),
    settings: {
      barnesHutOptimize: graph.nodes > FEW,
      strongGravityMode: true,
      gravity: 0.05,
      scalingRatio: 10,
      slowDown: 1 + Math.log(graph.nodes),
    },
    getEdgeWeight: null,
  });
  return intoUnitSquare(
    Float64Array.from({ length: 2 * graph.nodes }, (_, i) => places[i >> 1][i % 2 === 0 ? 'x' : 'y']),
  );
}

/** Moves and scales all places alike, so that the longer side fills the square and the other is centred. */
function intoUnitSquare(places: Float64Array): Float64Array {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (const [i, value] of places.entries()) {
    low[i % 2] = Math.min(low[i % 2], value);
    high[i % 2] = Math.max(high[i % 2], value);
  }
  const side = Math.max(high[0] - low[0], high[1] - low[1]) || 1;
  return places.map((value, i) => 0.5 + (value - (low[i % 2] + high[i % 2]) / 2) / side);
}
