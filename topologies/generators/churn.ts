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
      of: topologies.field().describe('the topology with everything up'),
      links: probability().default(0).describe('probability that a link is down'),
      nodes: probability().default(0).describe('probability that a node is down, with all its links'),
      rounds: z.int().min(1).default(1).describe('rounds until it is drawn anew what is down'),
    },
    create: (options, context) => {
      const { nodes, seed } = context;
      if (options.links === 0 && options.nodes === 0)
        throw refusal(
          'churn',
          nodes,
          'nothing would ever be down; give links or nodes a probability above 0',
        );
      if (options.links === 1 || options.nodes === 1)
        throw refusal('churn', nodes, 'everything would always be down; use probabilities below 1');
      const whole = topologies.create(options.of, context);
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
  down: { readonly links: number; readonly nodes: number },
  draws: (what: 'nodes' | 'links') => () => number,
): Graph {
  const drawNode = draws('nodes');
  const drawLink = draws('links');
  const up = Array.from({ length: graph.nodes }, () => drawNode() >= down.nodes);
  const edges = new EdgeList();
  forEachEdge(graph, (from, to) => {
    if (drawLink() >= down.links && up[from] && up[to]) edges.add(from, to);
  });
  return edges.toGraph(graph.nodes, graph.directed);
}
