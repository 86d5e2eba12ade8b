/** The mixing matrices that a recipe can name, over any graph that suits them. */
import { z } from 'zod';
import { Registry, define, type Choice } from '../../registry/index.js';
import { degree, largestDegree, type Graph } from '../graph.js';
import { mixingMatrix, type MixingMatrix } from './matrix.js';

const selfWeight = z
  .number()
  .gt(0, 'the weight of the own model is above 0 and below 1')
  .lt(1, 'the weight of the own model is above 0 and below 1')
  .optional();

const metropolisHastings = define({
  kind: 'metropolis-hastings',
  summary: 'W_ij = 1 / (1 + max(d_i, d_j)); symmetric and doubly stochastic on every undirected graph.',
  options: {},
  create: (_, graph: Graph): MixingMatrix => {
    refuseDirected('metropolis-hastings', graph);
    return mixingMatrix(
      graph,
      (i, j) => 1 / (1 + Math.max(degree(graph.in, i), degree(graph.in, j))),
      (_i, others) => 1 - others,
    );
  },
});

const uniform = define({
  kind: 'uniform',
  summary:
    'The plain mean of own and received, W_ij = 1 / (1 + d_i); doubly stochastic only where all degrees are equal.',
  options: {},
  create: (_, graph: Graph): MixingMatrix => {
    const share = (i: number) => 1 / (1 + degree(graph.in, i));
    return mixingMatrix(graph, share, share);
  },
});

const maxDegree = define({
  kind: 'max-degree',
  summary: 'W_ij = 1 / (1 + the largest degree); symmetric and doubly stochastic on every undirected graph.',
  options: {},
  create: (_, graph: Graph): MixingMatrix => {
    refuseDirected('max-degree', graph);
    const weight = 1 / (1 + largestDegree(graph.in));
    return mixingMatrix(
      graph,
      () => weight,
      (_i, others) => 1 - others,
    );
  },
});

const rowStochastic = define({
  kind: 'row-stochastic',
  summary: 'Each node divides 1 among itself and those it hears from; keeps what all agree on, not the mean.',
  options: {
    selfWeight: selfWeight.describe(
      "weight of the node's own model; left out, the weight of each received model",
    ),
  },
  create: (options, graph: Graph): MixingMatrix => {
    const others = (i: number) => shared(degree(graph.in, i), options.selfWeight);
    return mixingMatrix(graph, others, (i) => 1 - degree(graph.in, i) * others(i));
  },
});

const columnStochastic = define({
  kind: 'column-stochastic',
  summary: 'Each node divides its model among itself and those it sends to (push-sum); keeps the sum.',
  options: {
    selfWeight: selfWeight.describe('weight that a node keeps; left out, the weight that each receiver gets'),
  },
  create: (options, graph: Graph): MixingMatrix => {
    const sent = (j: number) => shared(degree(graph.out, j), options.selfWeight);
    return mixingMatrix(
      graph,
      (_i, j) => sent(j),
      (i) => (degree(graph.out, i) === 0 ? 1 : (options.selfWeight ?? sent(i))),
    );
  },
});

/** What each of `others` gets where a node keeps a share for itself. */
function shared(others: number, kept: number | undefined): number {
  if (others === 0) return 0;
  return kept === undefined ? 1 / (1 + others) : (1 - kept) / others;
}

function refuseDirected(kind: string, graph: Graph): void {
  if (!graph.directed) return;
  throw new Error(
    `mixing '${kind}' needs an undirected topology, and this one is directed; ` +
      'use uniform, row-stochastic, or column-stochastic (push-sum)',
  );
}

export const mixing = new Registry<Graph, MixingMatrix>('mixing matrix', [
  metropolisHastings,
  uniform,
  maxDegree,
  rowStochastic,
  columnStochastic,
]);

/** What a mixing matrix of an algorithm keeps: what all agree on (rows sum to 1), the sum (columns do), or both. */
export type Stochastic = 'rows' | 'columns' | 'both';

/** What is used where nothing is said: doubly stochastic if the graph is undirected or all degrees are equal. */
export function usualMixing(topology: { readonly directed: boolean }, sums: Stochastic = 'rows'): Choice {
  if (sums === 'columns') return { kind: 'column-stochastic' };
  return { kind: topology.directed ? 'uniform' : 'metropolis-hastings' };
}
