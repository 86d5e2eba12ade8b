/** Which nodes can hear of each other at all: components, reach, and the sentence for graphs that fall apart. */
import { neighbours, type Adjacency, type Graph } from './graph.js';

/** Marks the distance in hops from `start` (−1: out of reach); gives the farthest one and how many are reached. */
export function distances(
  adjacency: Adjacency,
  start: number,
  into: Int32Array = new Int32Array(adjacency.offsets.length - 1),
): { readonly hops: Int32Array; readonly farthest: number; readonly reached: number } {
  const { offsets, targets } = adjacency;
  const queue = new Uint32Array(into.length);
  into.fill(-1);
  into[start] = 0;
  queue[0] = start;
  let reached = 1;
  let farthest = 0;
  for (let head = 0; head < reached; head++) {
    const node = queue[head];
    farthest = into[node];
    for (let at = offsets[node]; at < offsets[node + 1]; at++) {
      const next = targets[at];
      if (into[next] >= 0) continue;
      into[next] = farthest + 1;
      queue[reached++] = next;
    }
  }
  return { hops: into, farthest, reached };
}

/** Whether every node can reach every other one along the edges' directions. */
export function isConnected(graph: Graph): boolean {
  if (distances(graph.out, 0).reached < graph.nodes) return false;
  return !graph.directed || distances(graph.in, 0).reached === graph.nodes;
}

/** The component of each node, directions left aside; numbered by their lowest nodes. */
export function components(graph: Graph): { readonly of: Int32Array; readonly sizes: readonly number[] } {
  const of = new Int32Array(graph.nodes).fill(-1);
  const sizes: number[] = [];
  for (let start = 0; start < graph.nodes; start++) {
    if (of[start] >= 0) continue;
    const component = sizes.length;
    const stack = [start];
    let size = 0;
    of[start] = component;
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      size++;
      for (const adjacency of graph.directed ? [graph.out, graph.in] : [graph.out]) {
        for (const next of neighbours(adjacency, node)) {
          if (of[next] >= 0) continue;
          of[next] = component;
          stack.push(next);
        }
      }
    }
    sizes.push(size);
  }
  return { of, sizes };
}

/** How a graph falls apart, as the end of a sentence; nothing where it is (strongly) connected. */
export function disconnection(graph: Graph): string | undefined {
  if (isConnected(graph)) return undefined;
  const { of, sizes } = components(graph);
  if (sizes.length > 1) {
    const largest = [...sizes].sort((a, b) => b - a);
    const some = largest.slice(0, 4).join(', ') + (largest.length > 4 ? ', …' : '');
    const outside = of.findIndex((component) => component !== 0);
    return (
      `the graph falls into ${sizes.length} parts of ${some} nodes ` +
      `(no path leads from node 0 to node ${outside})`
    );
  }
  const out = distances(graph.out, 0).hops.indexOf(-1);
  const [from, to] = out >= 0 ? [0, out] : [distances(graph.in, 0).hops.indexOf(-1), 0];
  return `the directed graph is not strongly connected (no path leads from node ${from} to node ${to})`;
}
