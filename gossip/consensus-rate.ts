/**
 * How fast the nodes of a run come to agree without training: the consensus rate of the matrices that the run mixes
 * with. These are the recipe's mixing matrices, or those that merging by the mean amounts to over who hears from
 * whom. Algorithms that do neither have no such matrix, and no spectral gap.
 */
import { type Algorithm } from '../algorithms/index.js';
import { range } from '../numerics/index.js';
import type { Federation } from '../recipe/index.js';
import {
  commonBlock,
  consensusRate,
  EdgeList,
  timeVaryingTopology,
  type ConsensusRate,
  type Topology,
} from '../topologies/index.js';
import { viewer } from './views.js';

/** Up to so many nodes it is worth its time. */
const NODES = 10_000;

type Found = { readonly rate: ConsensusRate } | { readonly none: string };

const known = new WeakMap<NonNullable<Federation['network']>, Found>();

/**
 * The rate where no message is lost, or why there is none: the end of a sentence. Nothing where the nodes exchange
 * nothing or are too many.
 */
export function consensusRateOf(federation: Federation): Found | undefined {
  const { network, recipe, algorithm, partition } = federation;
  if (network === undefined || recipe.topology === undefined || algorithm.family !== 'gossip')
    return undefined;
  if (partition.clients > NODES) return undefined;
  const found = known.get(network) ?? rateOf(federation, network, algorithm);
  known.set(network, found);
  return found;
}

function rateOf(
  federation: Federation,
  { topology, mixingChoice, community }: NonNullable<Federation['network']>,
  algorithm: Extract<Algorithm, { family: 'gossip' }>,
): Found {
  if (!community.synchronous) return { none: 'nodes do not mix in rounds' };
  const { mixes, merges } = algorithm;
  if (mixes === undefined && merges === undefined) {
    return { none: 'the algorithm does not mix by a matrix' };
  }
  const rate = merges
    ? consensusRate(heardFrom(federation, topology, algorithm, merges.drawn), merges.mixing)
    : consensusRate(topology, mixingChoice);
  return rate ? { rate } : { none: 'not worked out for random rounds of so many nodes' };
}

/** Edges lead from those whose models a node merges in a round to the node. */
function heardFrom(
  federation: Federation,
  topology: Topology,
  { expects }: Extract<Algorithm, { family: 'gossip' }>,
  drawn: boolean,
): Topology {
  const viewOf = viewer(federation);
  const { nodes, period } = topology;
  const make = (round: number) => {
    const edges = new EdgeList();
    for (const node of range(nodes)) {
      const view = viewOf(node, round);
      const from = expects.kind === 'round' && expects.from ? expects.from(view) : view.in;
      for (const other of Array.from(from)) edges.add(other, node);
    }
    return edges.toGraph(nodes, true);
  };
  const repeats = period !== undefined && !drawn ? { period } : { block: commonBlock(topology) };
  return timeVaryingTopology(nodes, true, make, repeats);
}
