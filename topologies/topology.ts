/**
 * Topologies: who exchanges models with whom in which round. A topology is a pure function of its options, the
 * number of nodes and the seed, so that any party can make it again.
 */
import type { z } from 'zod';
import { drawInteger, stream, type StreamName } from '../numerics/index.js';
import { define, type Entry } from '../registry/index.js';
import { EdgeList } from './edge-list.js';
import { forEachEdge, MOST_EDGES, type Graph } from './graph.js';
import { remember } from './remember.js';

export interface Topology {
  readonly nodes: number;
  readonly directed: boolean;
  /** Whether rounds differ; where they do not, `at` gives the same object for every round. */
  readonly timeVarying: boolean;
  /** After how many rounds the graphs repeat; left out where they never do. */
  readonly period?: number;
  /** Where rounds are random: after how many they are drawn anew, independently and alike; left out, every round. */
  readonly block?: number;
  /** The graph of a round, counted from 0. */
  at(round: number): Graph;
  /** Where a drawing puts the nodes, if the definition says so: x and y in [0, 1], node by node. */
  readonly positions?: () => Float64Array;
}

/** What making a topology takes besides its options. */
export interface TopologyContext {
  readonly seed: number;
  readonly nodes: number;
  /** Reads a text file that the options name; left out where files cannot be read. */
  readonly readFile?: (path: string) => string;
}

/** An entry of the registry that refuses fewer than two nodes by itself. */
export function defineTopology<Shape extends z.ZodRawShape>(definition: {
  kind: string;
  summary: string;
  options: Shape;
  create: (options: z.output<z.ZodObject<Shape, z.core.$strict>>, context: TopologyContext) => Topology;
}): Entry<TopologyContext, Topology> {
  return define({
    kind: definition.kind,
    summary: definition.summary,
    options: definition.options,
    create: (options: z.output<z.ZodObject<Shape, z.core.$strict>>, context: TopologyContext) => {
      if (!Number.isInteger(context.nodes) || context.nodes < 2)
        throw refusal(definition.kind, context.nodes, 'it takes at least 2 nodes to exchange anything');
      return definition.create(options, context);
    },
  });
}

/** The error for a topology that cannot exist; `sentence` says why and what would work. */
export function refusal(kind: string, nodes: number, sentence: string): Error {
  return new Error(`topology '${kind}' on ${nodes} node${nodes === 1 ? '' : 's'}: ${sentence}`);
}

/** @throws Error where so many edges would not fit in memory */
export function refuseTooManyEdges(kind: string, nodes: number, edges: number): void {
  if (edges <= MOST_EDGES) return;
  const many = Math.round(edges / 1e6).toLocaleString('en');
  throw refusal(
    kind,
    nodes,
    `it would have about ${many} million edges, and at most ${Math.floor(MOST_EDGES / 1e6)} million are held; ` +
      'use fewer nodes or a sparser topology',
  );
}

export function staticTopology(graph: Graph, positions?: () => Float64Array): Topology {
  const { nodes, directed } = graph;
  const topology = { nodes, directed, timeVarying: false, period: 1, at: () => graph };
  return positions === undefined ? topology : { ...topology, positions };
}

/** A topology whose rounds `make` makes on demand; the latest ones are remembered. */
export function timeVaryingTopology(
  nodes: number,
  directed: boolean,
  make: (round: number) => Graph,
  more: Pick<Topology, 'period' | 'block' | 'positions'> = {},
): Topology {
  const at = remember(make, ({ out }) => out.targets.length);
  return { nodes, directed, timeVarying: true, at, ...more };
}

/** The period or block of a topology whose rounds are drawn from those of others. */
export function commonBlock(...parts: readonly Pick<Topology, 'period' | 'block'>[]): number {
  return parts.map(({ period, block = 1 }) => period ?? block).reduce(leastCommonMultiple, 1);
}

function leastCommonMultiple(a: number, b: number): number {
  let [divisor, rest] = [a, b];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return (a / divisor) * b;
}

/** The seed of a topology inside another one, so that siblings draw differently. */
export function childSeed(seed: number, ...name: StreamName): number {
  return drawInteger(stream(seed, 'topology', ...name), 2 ** 32);
}

/** Every edge that is there in one of the rounds 0, …, rounds − 1. */
export function union(topology: Topology, rounds: number): Graph {
  if (!topology.timeVarying || rounds === 1) return topology.at(0);
  const seen = new Set<number>();
  const edges = new EdgeList();
  for (let round = 0; round < rounds; round++) {
    forEachEdge(topology.at(round), (from, to) => {
      const key = from * topology.nodes + to;
      if (seen.has(key)) return;
      seen.add(key);
      edges.add(from, to);
    });
  }
  return edges.toGraph(topology.nodes, topology.directed);
}
