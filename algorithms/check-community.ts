/** Checks a gossip algorithm against the nodes, links and graph that a recipe gives it, before anything runs. */
import { mergeRules } from '../merging/index.js';
import { isComplete } from '../topologies/index.js';
import type { Algorithm } from './algorithm.js';
import type { Community } from './gossip.js';

type Gossip = Extract<Algorithm, { family: 'gossip' }>;

/** @returns why the algorithm cannot run there and what would do, as a sentence; undefined where it can */
export const refuseCommunity = (kind: string, algorithm: Gossip, community: Community): string | undefined =>
  refuseTopology(kind, algorithm, community) ??
  refuseUnreliable(kind, algorithm, community) ??
  algorithm.refuse?.(community) ??
  refuseMerging(algorithm, community);

const needsOf = (algorithm: Gossip, { synchronous }: Community) =>
  algorithm.needs?.(synchronous ? 'synchronous' : 'asynchronous') ?? {};

function refuseTopology(kind: string, algorithm: Gossip, community: Community): string | undefined {
  const { topology } = community;
  switch (needsOf(algorithm, community).topology) {
    case 'complete':
      return topology.timeVarying || !isComplete(topology.at(0))
        ? `topology: ${kind} takes the mean over all nodes, which send to each other; use topology: complete`
        : undefined;
    case 'undirected':
      return topology.directed
        ? `topology: partners of ${kind} send to each other, and this topology has edges of one direction; use an undirected one`
        : undefined;
    default:
      return undefined;
  }
}

function refuseUnreliable(kind: string, algorithm: Gossip, community: Community): string | undefined {
  const { everyMessage } = needsOf(algorithm, community);
  return everyMessage !== undefined && community.unreliable
    ? `${kind} keeps ${everyMessage} only if every message comes; use links without loss and nodes that stay (network.loss: 0, clients.availability: 1)`
    : undefined;
}

/** A rule that needs more than the protocol gives it would end the run at the first merge. */
function refuseMerging({ merging }: Gossip, community: Community): string | undefined {
  if (merging === undefined) return undefined;
  const { rule } = merging;
  const { base, models = 1 } = mergeRules.needs(rule);
  const where = `algorithm.merge: '${rule.kind}'`;
  if (base === true) {
    const others = mergeRules.entries.filter((entry) => mergeRules.needs(defaults(entry)).base !== true);
    return `${where} merges differences from a model that all started from, which nodes of gossip do not have; use one of ${others.map((entry) => entry.kind).join(', ')}`;
  }
  if (models <= 2) return undefined;
  const fewest = merging.fewest(community);
  if (fewest >= models) return undefined;
  return (
    `${where} with these options needs ${models} models or more in every merge, and here a merge may have only ${fewest}, ` +
    'the own one among them; use a denser topology with fanout: all in synchronous rounds without loss and absent nodes, ' +
    'options of the rule that need fewer models, or another rule'
  );
}

const defaults = ({ kind }: { readonly kind: string }) => ({ kind });
