/** Small worlds: a ring of near neighbours with some edges rewired (Watts & Strogatz, Nature 1998). */
import { z } from 'zod';
import { drawInteger, stream, type Stream } from '../../numerics/index.js';
import { circle } from '../drawing/placements.js';
import { EdgeList } from '../edge-list.js';
import type { Graph } from '../graph.js';
import { ATTEMPTS, firstGraph } from '../sampling.js';
import { defineTopology, refusal, refuseTooManyEdges, staticTopology } from '../topology.js';
import { probability } from './options.js';

export const wattsStrogatz = defineTopology({
  kind: 'watts-strogatz',
  summary: 'A ring of near neighbours in which some edges are rewired to random nodes.',
  options: {
    degree: z.int().min(2).default(4).describe('neighbours of a node before rewiring; even'),
    rewiring: probability().default(0.1).describe('probability that an edge is rewired'),
    connected: z.boolean().default(true).describe('draw until the graph is connected'),
  },
  create: ({ degree, rewiring, connected }, { nodes, seed }) => {
    if (degree % 2 === 1) {
      const even = `${degree - 1} or ${degree + 1}`;
      throw refusal(
        'watts-strogatz',
        nodes,
        `half of degree ${degree} on each side does not work; use ${even}`,
      );
    }
    if (degree >= nodes) {
      const most = 2 * Math.floor((nodes - 1) / 2);
      throw refusal(
        'watts-strogatz',
        nodes,
        `degree ${degree} is too large: a ring of ${nodes} has room for ${most}; use a lower degree or more nodes`,
      );
    }
    refuseTooManyEdges('watts-strogatz', nodes, (degree * nodes) / 2);
    const graph = firstGraph(
      (attempt) => rewire(stream(seed, 'topology', 'watts-strogatz', attempt), nodes, degree, rewiring),
      connected,
    );
    if (graph === undefined) {
      throw refusal(
        'watts-strogatz',
        nodes,
        `none of ${ATTEMPTS} draws with degree ${degree} and rewiring ${rewiring} was connected; ` +
          'use a higher degree, less rewiring, or connected: false',
      );
    }
    return staticTopology(graph, () => circle(nodes));
  },
});

/** Lap by lap, each edge i – i + lap keeps its end i and, if rewired, gets a new other end. */
function rewire(draw: Stream, nodes: number, degree: number, rewiring: number): Graph {
  const neighbours = Array.from({ length: nodes }, () => new Set<number>());
  const join = (a: number, b: number) => {
    neighbours[a].add(b);
    neighbours[b].add(a);
  };
  for (let lap = 1; lap <= degree / 2; lap++) {
    for (let node = 0; node < nodes; node++) join(node, (node + lap) % nodes);
  }
  for (let lap = 1; lap <= degree / 2; lap++) {
    for (let node = 0; node < nodes; node++) {
      if (draw() >= rewiring || neighbours[node].size === nodes - 1) continue;
      let other = drawInteger(draw, nodes);
      while (other === node || neighbours[node].has(other)) other = drawInteger(draw, nodes);
      const old = (node + lap) % nodes;
      neighbours[node].delete(old);
      neighbours[old].delete(node);
      join(node, other);
    }
  }
  const edges = new EdgeList();
  for (const [node, others] of neighbours.entries()) {
    for (const other of others) if (node < other) edges.add(node, other);
  }
  return edges.toGraph(nodes);
}
