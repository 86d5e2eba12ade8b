/** Everyone meets one partner a round: the averaging of pairs of Boyd et al. (2006), in synchronous rounds. */
import type { Registry } from '../../registry/index.js';
import { stream } from '../../numerics/index.js';
import { EdgeList } from '../edge-list.js';
import { randomMaximalMatching, randomPairs } from '../matching.js';
import {
  commonBlock,
  defineTopology,
  timeVaryingTopology,
  type Topology,
  type TopologyContext,
} from '../topology.js';

export const randomMatching = (topologies: Registry<TopologyContext, Topology>) =>
  defineTopology({
    kind: 'random-matching',
    summary: 'Pairs of nodes, drawn anew in every round; with an odd number one node stays alone.',
    options: {
      base: topologies
        .field()
        .optional()
        .describe('topology whose edges are the possible pairs; left out, any pair'),
    },
    create: (options, context) => {
      const { nodes, seed } = context;
      const over = options.base && topologies.create(options.base, context);
      const make = (round: number) => {
        const draw = stream(seed, 'topology', 'random-matching', round);
        const edges = new EdgeList();
        const pairs = over ? randomMaximalMatching(over.at(round), draw) : randomPairs(nodes, draw);
        for (const [a, b] of pairs) edges.add(a, b);
        return edges.toGraph(nodes);
      };
      return timeVaryingTopology(nodes, false, make, {
        ...(over && { block: commonBlock(over) }),
        ...(over?.positions && { positions: over.positions }),
      });
    },
  });
