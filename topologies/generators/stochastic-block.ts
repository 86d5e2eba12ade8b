/** Communities: likely edges within a block, unlikely ones between blocks (Holland et al. 1983). */
import { z } from 'zod';
import { stream, type Stream } from '../../numerics/index.js';
import { EdgeList } from '../edge-list.js';
import type { Graph } from '../graph.js';
import { ATTEMPTS, bernoulliSubset, firstGraph, power } from '../sampling.js';
import { defineTopology, refusal, refuseTooManyEdges, staticTopology } from '../topology.js';
import { evenBlocks } from './blocks.js';
import { probability } from './options.js';

export const stochasticBlock = defineTopology({
  kind: 'stochastic-block',
  summary: 'Communities: pairs in the same block are edges with one probability, other pairs with another.',
  options: {
    blocks: z.int().min(1).default(4).describe('number of blocks; their sizes differ by at most one'),
    within: probability().default(0.5).describe('probability of an edge within a block'),
    between: probability().default(0.05).describe('probability of an edge between two blocks'),
    connected: z.boolean().default(true).describe('draw until the graph is connected'),
  },
  create: (options, { nodes, seed }) => {
    const { blocks, within, between, connected } = options;
    if (blocks > nodes) throw refusal('stochastic-block', nodes, `${blocks} blocks need as many nodes`);
    const pairsWithin = (nodes * (nodes / blocks - 1)) / 2;
    const pairsBetween = (nodes * (nodes - nodes / blocks)) / 2;
    refuseTooManyEdges('stochastic-block', nodes, within * pairsWithin + between * pairsBetween);
    if (connected && blocks > 1 && between === 0) {
      throw refusal(
        'stochastic-block',
        nodes,
        'between: 0 cannot connect the blocks; raise it, or connected: false',
      );
    }
    const size = nodes / blocks;
    const isolated =
      nodes * power(1 - within, Math.floor(size - 1)) * power(1 - between, Math.floor(nodes - size));
    const graph =
      connected && isolated > 20
        ? undefined
        : firstGraph(
            (attempt) => draw(stream(seed, 'topology', 'stochastic-block', attempt), nodes, options),
            connected,
          );
    if (graph === undefined) {
      throw refusal(
        'stochastic-block',
        nodes,
        `within: ${within} and between: ${between} give no connected graph (in ${ATTEMPTS} draws, or far from ` +
          `it: about ${Number(isolated.toPrecision(2))} nodes have no neighbour); raise them, or connected: false`,
      );
    }
    return staticTopology(graph);
  },
});

function draw(
  source: Stream,
  nodes: number,
  { blocks, within, between }: { blocks: number; within: number; between: number },
): Graph {
  const edges = new EdgeList();
  const bounds = evenBlocks(nodes, blocks);
  for (let block = 0; block < blocks; block++) {
    for (let node = bounds[block]; node < bounds[block + 1]; node++) {
      for (const other of bernoulliSubset(source, node + 1, bounds[block + 1], within))
        edges.add(node, other);
      for (const other of bernoulliSubset(source, bounds[block + 1], nodes, between)) edges.add(node, other);
    }
  }
  return edges.toGraph(nodes);
}
