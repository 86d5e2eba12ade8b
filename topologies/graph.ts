/**
 * Graphs as compressed sparse rows in typed arrays: plain data that a structured clone keeps, 8 MB for 100,000
 * nodes of degree 20. Nobody writes to the arrays once a graph is made.
 */

/** The neighbours of node i are `targets[offsets[i]]` to `targets[offsets[i + 1] - 1]`, in ascending order. */
export interface Adjacency {
  /** Length nodes + 1. */
  readonly offsets: Uint32Array;
  readonly targets: Uint32Array;
}

/** No self-loops and no parallel edges. An undirected graph holds each edge both ways, and `in` is `out`. */
export interface Graph {
  readonly nodes: number;
  readonly directed: boolean;
  /** To whom a node sends. */
  readonly out: Adjacency;
  /** From whom a node receives. */
  readonly in: Adjacency;
}

/** More edges than this are refused before memory runs out: half a gigabyte of neighbours. */
export const MOST_EDGES = 2 ** 26;

/** The nodes next to `node`, ascending; a view, not a copy. */
export function neighbours({ offsets, targets }: Adjacency, node: number): Uint32Array {
  return targets.subarray(offsets[node], offsets[node + 1]);
}

export function degree({ offsets }: Adjacency, node: number): number {
  return offsets[node + 1] - offsets[node];
}

/** The largest number of neighbours that any node has. */
export function largestDegree({ offsets }: Adjacency): number {
  let most = 0;
  for (let node = 0; node + 1 < offsets.length; node++)
    most = Math.max(most, offsets[node + 1] - offsets[node]);
  return most;
}

/** How many edges there are: an undirected edge counts once, a directed one once for each direction. */
export function edgeCount(graph: Graph): number {
  return graph.directed ? graph.out.targets.length : graph.out.targets.length / 2;
}

/** Whether every node is next to every other. */
export function isComplete(graph: Graph): boolean {
  const { nodes, directed } = graph;
  return edgeCount(graph) === (nodes * (nodes - 1)) / (directed ? 1 : 2);
}

export function hasEdge({ out }: Graph, from: number, to: number): boolean {
  let low = out.offsets[from];
  let high = out.offsets[from + 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (out.targets[middle] < to) low = middle + 1;
    else high = middle;
  }
  return low < out.offsets[from + 1] && out.targets[low] === to;
}

/** Visits every edge in ascending order of (from, to); an undirected one once, with from < to. */
export function forEachEdge(graph: Graph, visit: (from: number, to: number) => void): void {
  const { offsets, targets } = graph.out;
  for (let from = 0; from < graph.nodes; from++) {
    for (let at = offsets[from]; at < offsets[from + 1]; at++) {
      if (graph.directed || from < targets[at]) visit(from, targets[at]);
    }
  }
}

/**
 * A graph of `pairs` = [from, to, from, to, …].
 * @throws Error for a node that is not there, a self-loop, or an edge that is there twice
 */
export function graphFromEdges(nodes: number, pairs: ArrayLike<number>, directed = false): Graph {
  for (let at = 0; at < pairs.length; at += 2) {
    const from = pairs[at];
    const to = pairs[at + 1];
    if (!(from >= 0 && from < nodes && to >= 0 && to < nodes))
      throw new Error(`edge ${from}–${to} names a node outside 0 to ${nodes - 1}`);
    if (from === to) throw new Error(`node ${from} has an edge to itself; a node keeps its own model anyway`);
  }
  const out = adjacency(nodes, pairs, directed ? 'out' : 'both');
  for (let node = 0; node < nodes; node++) {
    for (let at = out.offsets[node] + 1; at < out.offsets[node + 1]; at++) {
      if (out.targets[at] === out.targets[at - 1])
        throw new Error(`edge ${node}–${out.targets[at]} is there twice`);
    }
  }
  return { nodes, directed, out, in: directed ? adjacency(nodes, pairs, 'in') : out };
}

/** Counts, places and sorts: time in the order of the edges. */
function adjacency(nodes: number, pairs: ArrayLike<number>, ends: 'out' | 'in' | 'both'): Adjacency {
  const offsets = new Uint32Array(nodes + 1);
  for (let at = 0; at < pairs.length; at += 2) {
    if (ends !== 'in') offsets[pairs[at] + 1]++;
    if (ends !== 'out') offsets[pairs[at + 1] + 1]++;
  }
  for (let node = 0; node < nodes; node++) offsets[node + 1] += offsets[node];
  const targets = new Uint32Array(offsets[nodes]);
  const next = offsets.slice(0, nodes);
  for (let at = 0; at < pairs.length; at += 2) {
    if (ends !== 'in') targets[next[pairs[at]]++] = pairs[at + 1];
    if (ends !== 'out') targets[next[pairs[at + 1]]++] = pairs[at];
  }
  for (let node = 0; node < nodes; node++) targets.subarray(offsets[node], offsets[node + 1]).sort();
  return { offsets, targets };
}
