/** Links and nodes of another topology that come and go. */
import { z } from 'zod';
import { stream } from '../../numerics/index.js';
import type { Registry } from '../../registry/index.js';
import { EdgeList } from '../edge-list.js';
import { forEachEdge, type Graph } from '../graph.js';
import {
  commonBlock,
  defineTopology,
  refusal,
  timeVaryingTopology,
  type Topology,
  type TopologyContext,
} from '../topology.js';
import { probability } from './options.js';

export const churn = (topologies: Registry<TopologyContext, Topology>) =>
  defineTopology({
    kind: 'churn',
    summary: 'Another topology of which random links and nodes are down for some rounds at a time.',
    options: {
      base: topologies.field().describe('the topology when every link and node is up'),
      linkFailure: probability().default(0).describe('probability that a link is down'),
      nodeFailure: probability().default(0).describe('probability that a node is down, with all its links'),
      rounds: z.int().min(1).default(1).describe('rounds after which failures are drawn again'),
    },
    create: (options, context) => {
      const { nodes, seed } = context;
      if (options.linkFailure === 0 && options.nodeFailure === 0)
        throw refusal('churn', nodes, 'nothing would ever be down; set linkFailure or nodeFailure above 0');
      if (options.linkFailure === 1 || options.nodeFailure === 1)
        throw refusal('churn', nodes, 'everything would always be down; use probabilities below 1');
      const whole = topologies.create(options.base, context);
      const make = (round: number) => {
        const period = Math.floor(round / options.rounds);
        return without(whole.at(round), options, (what) => stream(seed, 'topology', 'churn', what, period));
      };
      return timeVaryingTopology(nodes, whole.directed, make, {
        block: commonBlock(whole, { block: options.rounds }),
        ...(whole.positions && { positions: whole.positions }),
      });
    },
  });

/** What is left of a graph; nodes are drawn in order, then edges in order, whether their nodes are up or not. */
function without(
  graph: Graph,
  failure: { readonly linkFailure: number; readonly nodeFailure: number },
  draws: (what: 'nodes' | 'links') => () => number,
): Graph {
  const drawNode = draws('nodes');
  const drawLink = draws('links');
  const up = Array.from({ length: graph.nodes }, () => drawNode() >= failure.nodeFailure);
  const edges = new EdgeList();
  forEachEdge(graph, (from, to) => {
    if (drawLink() >= failure.linkFailure && up[from] && up[to]) edges.add(from, to);
  });
  return edges.toGraph(graph.nodes, graph.directed);
}
