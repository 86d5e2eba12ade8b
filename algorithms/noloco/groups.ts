/**
 * Who exchanges with whom in an outer step of NoLoCo: random groups that every replica works out by itself from the
 * same stream, so that partners are known before the inner steps begin.
 */
import { permutation, range, type Stream } from '../../numerics/index.js';
import { graphFromEdges, randomMaximalMatching, type Graph } from '../../topologies/index.js';
import type { View } from '../gossip.js';
import { perRound } from '../gossip/per-round.js';

/** The partners of the view's replica in its round, ascending; none where it steps alone. */
export function groups(size: number): (view: View) => readonly number[] {
  const partnersOf = perRound((view) => {
    const others = Array.from(range(view.nodes), (): readonly number[] => []);
    for (const group of drawGroups(view, size)) {
      for (const node of group) others[node] = group.filter((other) => other !== node);
    }
    return others;
  });
  return (view) => partnersOf(view)[view.node];
}

/** Draws from a stream of the first node's, which all can make. */
function drawGroups(view: View, size: number): number[][] {
  const draw = view.streamOf(0, view.round, 'groups');
  if (size > 2) return strided(permutation(draw, view.nodes), size);
  if (isComplete(view)) return freePairs(view, draw);
  return randomMaximalMatching(graphOf(view), draw).map((pair) => [...pair]);
}

/** Element i of the permutation goes to group i mod (N / n), as in the authors' sparse_optimizer_c.py. */
function strided(order: ArrayLike<number>, size: number): number[][] {
  const count = order.length / size;
  const drawn = Array.from({ length: count }, (): number[] => []);
  for (let i = 0; i < order.length; i++) drawn[i % count].push(order[i]);
  return drawn.map((group) => group.sort((a, b) => a - b));
}

/** Pairs of all replicas; of an odd number each sits out in turn. */
function freePairs({ nodes, round }: View, draw: Stream): number[][] {
  if (nodes % 2 === 0) return strided(permutation(draw, nodes), 2);
  const out = round % nodes;
  const rest = Array.from(permutation(draw, nodes - 1), (place) => (place < out ? place : place + 1));
  return strided(rest, 2);
}

function isComplete(view: View): boolean {
  return Array.from(range(view.nodes)).every((node) => view.neighboursOf(node).out.length === view.nodes - 1);
}

function graphOf(view: View): Graph {
  const edges: number[] = [];
  for (const node of range(view.nodes)) {
    for (const other of Array.from(view.neighboursOf(node).out)) if (node < other) edges.push(node, other);
  }
  return graphFromEdges(view.nodes, edges);
}
