/** Groups with a head each, and the heads among themselves; both are topologies of their own. */
import { z } from 'zod';
import type { Registry } from '../../registry/index.js';
import { EdgeList } from '../edge-list.js';
import { forEachEdge, type Graph } from '../graph.js';
import {
  childSeed,
  commonBlock,
  defineTopology,
  refusal,
  staticTopology,
  timeVaryingTopology,
  type Topology,
  type TopologyContext,
} from '../topology.js';
import { evenBlocks } from './blocks.js';

export const hierarchical = (topologies: Registry<TopologyContext, Topology>) =>
  defineTopology({
    kind: 'hierarchical',
    summary: 'Groups of nodes, each with its first node as head; the heads form a topology of their own.',
    options: {
      groups: z.int().min(2).optional().describe('number of groups; left out, about √N'),
      within: topologies
        .field()
        .default({ kind: 'star' })
        .describe('topology of each group; node 0 is the head'),
      between: topologies.field().default({ kind: 'complete' }).describe('topology of the heads'),
    },
    create: (options, context) => {
      const { nodes, seed } = context;
      const groups = options.groups ?? Math.max(2, Math.round(Math.sqrt(nodes)));
      if (2 * groups > nodes) {
        throw refusal(
          'hierarchical',
          nodes,
          `${groups} groups need at least ${2 * groups} nodes, a head and a member each; use ` +
            (nodes < 4 ? 'at least 4 nodes' : `groups: ${Math.floor(nodes / 2)} or fewer`),
        );
      }
      const heads = evenBlocks(nodes, groups);
      const between = topologies.create(options.between, {
        ...context,
        nodes: groups,
        seed: childSeed(seed, 'hierarchical', 'between'),
      });
      const inside = heads.slice(0, groups).map((head, group) =>
        topologies.create(options.within, {
          ...context,
          nodes: heads[group + 1] - head,
          seed: childSeed(seed, 'hierarchical', 'inside', group),
        }),
      );
      const parts = [between, ...inside];
      const directed = parts.some((part) => part.directed);
      const make = (round: number) => {
        const edges = new EdgeList();
        copy(edges, between.at(round), directed, (group) => heads[group]);
        for (const [group, part] of inside.entries())
          copy(edges, part.at(round), directed, (node) => heads[group] + node);
        return edges.toGraph(nodes, directed);
      };
      if (parts.every((part) => !part.timeVarying)) return staticTopology(make(0));
      const block = commonBlock(...parts);
      const repeats = parts.every(({ period }) => period !== undefined);
      return timeVaryingTopology(nodes, directed, make, repeats ? { period: block } : { block });
    },
  });

/** Adds a part's edges under their nodes' numbers in the whole, both ways where only the whole is directed. */
function copy(edges: EdgeList, part: Graph, directed: boolean, name: (node: number) => number): void {
  forEachEdge(part, (from, to) => {
    edges.add(name(from), name(to));
    if (directed && !part.directed) edges.add(name(to), name(from));
  });
}
