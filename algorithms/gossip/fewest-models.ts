/** How many models a merge of gossip brings together at least: what a merge rule such as Krum must know beforehand. */
import { degree } from '../../topologies/index.js';
import type { Community } from '../gossip.js';
import type { MessageOption } from './message-parts.js';
import type { Fanout, Protocol } from './partners.js';

/** From how many others a node hears at least in a round in which it hears from any; directions as they are. */
export function fewestSenders({ topology, rounds }: Community): number {
  let fewest = Infinity;
  const graphs = topology.timeVarying ? Math.min(rounds, topology.period ?? rounds) : 1;
  for (let round = 0; round < graphs && fewest > 1; round++) {
    const { in: incoming } = topology.at(round);
    for (let node = 0; node < topology.nodes; node++) {
      const senders = degree(incoming, node);
      if (senders > 0) fewest = Math.min(fewest, senders);
    }
  }
  return fewest === Infinity ? 1 : fewest;
}

/** The fewest models of one merge, the own one among them: two wherever a single message may come alone. */
export function fewestModels(
  {
    protocol,
    fanout,
    message,
  }: { readonly protocol: Protocol; readonly fanout: Fanout; readonly message: MessageOption },
  community: Community,
): number {
  const mayComeAlone =
    !community.synchronous ||
    community.unreliable ||
    message.kind !== 'whole' ||
    // Only neighbours in both directions push and pull.
    (protocol === 'push-pull' && community.topology.directed);
  if (mayComeAlone) return 2;
  const senders = fewestSenders(community);
  if (fanout === 'all') return 1 + senders;
  // Whoever is pushed to by chance may be pushed to by one alone; who pulls hears from all that it asked.
  return protocol === 'push' ? 2 : 1 + Math.min(fanout, senders);
}
