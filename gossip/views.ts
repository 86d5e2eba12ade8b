/** What nodes see: their neighbours and mixing weights in a round, and named streams. */
import type { View } from '../algorithms/index.js';
import { stream } from '../numerics/index.js';
import { mixingColumn, mixingRow, neighbours } from '../topologies/index.js';
import type { Federation } from '../recipe/index.js';

/** The view of a node in its round, counted from 0. */
export function viewer({
  recipe,
  partition,
  model,
  network,
}: Federation): (node: number, round: number) => View {
  if (network === undefined) throw new TypeError('gossip needs a topology');
  const { topology, mixing } = network;
  const streamOf: View['streamOf'] = (node, round, ...name) =>
    stream(recipe.seed, 'node', node, 'round', round, ...name);
  return (node, round) => {
    const graph = topology.at(round);
    const out = neighbours(graph.out, node);
    return {
      node,
      nodes: partition.clients,
      round,
      samples: partition.size(node),
      model,
      out,
      in: neighbours(graph.in, node),
      neighboursOf: (other) => ({ out: neighbours(graph.out, other), in: neighbours(graph.in, other) }),
      mixing: () => mixingRow(mixing(round), node),
      shares: () => mixingColumn(mixing(round), graph, node),
      stream: (...name) => streamOf(node, round, ...name),
      streamOf,
    };
  };
}
