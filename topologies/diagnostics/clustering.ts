/** The clustering coefficient (Watts & Strogatz 1998): how often two neighbours of a node are neighbours. */
import { drawInteger, mean, range, sampleWithoutReplacement, stream } from '../../numerics/index.js';
import { EdgeList } from '../edge-list.js';
import { degree, forEachEdge, hasEdge, neighbours, type Graph } from '../graph.js';

export interface Clustering {
  /** Mean over the nodes of the share of pairs of neighbours that are joined; 0 for fewer than two neighbours. */
  readonly value: number;
  /** Whether it is the mean of a sample of nodes and pairs. */
  readonly sampled: boolean;
}

/** Lookups that counting all pairs may take. */
const WORK = 2e8;
const NODES = 1000;
const PAIRS = 200;

/** Directions are left aside. */
export function clustering(graph: Graph, work = WORK): Clustering {
  const plain = graph.directed ? withoutDirections(graph) : graph;
  let wedges = 0;
  for (let node = 0; node < plain.nodes; node++) wedges += degree(plain.out, node) ** 2;
  if (wedges <= work) {
    const marked = new Uint8Array(plain.nodes);
    return {
      value: mean(Array.from(range(plain.nodes), (node) => counted(plain, node, marked))),
      sampled: false,
    };
  }
  const draw = stream(0, 'topology', 'clustering', plain.nodes);
  const nodes = sampleWithoutReplacement(draw, plain.nodes, Math.min(NODES, plain.nodes));
  return { value: mean(nodes.map((node) => sampled(plain, node, draw))), sampled: true };
}

function counted(graph: Graph, node: number, marked: Uint8Array): number {
  const around = neighbours(graph.out, node);
  if (around.length < 2) return 0;
  let joined = 0;
  for (const other of around) marked[other] = 1;
  for (const other of around) for (const third of neighbours(graph.out, other)) joined += marked[third];
  for (const other of around) marked[other] = 0;
  return joined / (around.length * (around.length - 1));
}

/** The share among random pairs of different neighbours. */
function sampled(graph: Graph, node: number, draw: () => number): number {
  const around = neighbours(graph.out, node);
  if (around.length < 2) return 0;
  let joined = 0;
  for (let pair = 0; pair < PAIRS; pair++) {
    const a = drawInteger(draw, around.length);
    const b = (a + 1 + drawInteger(draw, around.length - 1)) % around.length;
    if (hasEdge(graph, around[a], around[b])) joined++;
  }
  return joined / PAIRS;
}

function withoutDirections(graph: Graph): Graph {
  const edges = new EdgeList();
  forEachEdge(graph, (from, to) => {
    if (from < to || !hasEdge(graph, to, from)) edges.add(from, to);
  });
  return edges.toGraph(graph.nodes);
}
