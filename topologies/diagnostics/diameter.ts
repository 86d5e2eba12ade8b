/** The diameter: the largest number of hops between two nodes along the edges' directions. */
import { range, sampleWithoutReplacement, stream } from '../../numerics/index.js';
import { distances } from '../connectivity.js';
import type { Graph } from '../graph.js';

/** Bounds on the diameter; equal where it is known exactly. */
export interface Diameter {
  readonly least: number;
  readonly most: number;
}

/** Visits of nodes and edges that searching from every node may take: a second or two. */
const WORK = 6e8;
const SAMPLE = 32;

/**
 * Of a (strongly) connected graph: searches from every node, or, where that is too much work, from a sample of
 * nodes and the farthest ones found. For any node s, the diameter lies between the larger of the greatest
 * distances from s and to s, and their sum.
 */
export function diameter(graph: Graph, work = WORK): Diameter {
  const { nodes } = graph;
  if (graph.out.targets.length === nodes * (nodes - 1)) return { least: 1, most: 1 };
  const exact = nodes * (nodes + graph.out.targets.length) <= work;
  const draw = stream(0, 'topology', 'diameter', nodes);
  const starts = [...(exact ? range(nodes) : sampleWithoutReplacement(draw, nodes, Math.min(nodes, SAMPLE)))];
  const hops = new Int32Array(nodes);
  let least = 0;
  let most = Infinity;
  const search = (start: number) => {
    const from = distances(graph.out, start, hops).farthest;
    const farthest = hops.indexOf(from);
    const to = graph.directed && !exact ? distances(graph.in, start, hops).farthest : from;
    least = Math.max(least, from, to);
    most = Math.min(most, from + to);
    return farthest;
  };
  const found = starts.map(search);
  if (exact) return { least, most: least };
  for (const start of found) search(start);
  return { least, most };
}
