/** Random maximal matchings: pairs of neighbours in which nobody is twice and nobody could be added. */
import { permutation, shuffle, type Stream } from '../numerics/index.js';
import { forEachEdge, isComplete, type Graph } from './graph.js';

/** Two nodes, the lower one first. */
export type Pair = readonly [number, number];

/**
 * Takes the graph's edges in random order, each whose two ends are still free. Directions are left aside.
 * Pairs come in ascending order of their first nodes.
 */
export function randomMaximalMatching(graph: Graph, draw: Stream): Pair[] {
  const { nodes } = graph;
  if (isComplete(graph)) return randomPairs(nodes, draw);
  const edges: Pair[] = [];
  forEachEdge(graph, (a, b) => edges.push(a < b ? [a, b] : [b, a]));
  const taken = new Uint8Array(nodes);
  const pairs = shuffle(draw, edges).filter(([a, b]) => {
    if (taken[a] === 1 || taken[b] === 1) return false;
    taken[a] = taken[b] = 1;
    return true;
  });
  return pairs.sort(([a], [b]) => a - b);
}

/** A random matching of all nodes, one of them (a random one) alone where their number is odd. */
export function randomPairs(nodes: number, draw: Stream): Pair[] {
  const order = permutation(draw, nodes);
  const pairs: Pair[] = [];
  for (let i = 0; i + 1 < nodes; i += 2) {
    pairs.push([Math.min(order[i], order[i + 1]), Math.max(order[i], order[i + 1])]);
  }
  return pairs.sort(([a], [b]) => a - b);
}

/** The partner of each node, −1 for those without one. */
export function partners(nodes: number, pairs: readonly Pair[]): Int32Array {
  const of = new Int32Array(nodes).fill(-1);
  for (const [a, b] of pairs) {
    of[a] = b;
    of[b] = a;
  }
  return of;
}
