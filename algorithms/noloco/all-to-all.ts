/** All-reduce on the seam of gossip, for baselines: each replica sends to every other and takes the mean itself. */
import { isComplete } from '../../topologies/index.js';
import type { Community, Effect, Message, Term, View } from '../gossip.js';
import { refuseAsynchronous, refuseUnreliable } from '../gossip/refusals.js';

export const sendToAll = (view: View, vector: string): Effect[] =>
  Array.from(view.out, (to) => ({ kind: 'send', to, header: {}, vectors: [vector] }));

/**
 * (scale / N) Σ over all replicas in their order, the own among them: the same terms in the same order everywhere. Of
 * running statistics it is the mean, whatever the scale.
 */
export function meanOverAll(view: View, messages: readonly Message[], vector: string, scale = 1): Term[] {
  const statistics = 1 / (messages.length + 1);
  const coefficient = scale / (messages.length + 1);
  const own: Term = { coefficient, statistics, of: { own: vector } };
  const terms = messages.map((_, message): Term => ({ coefficient, statistics, of: { message, vector } }));
  const place = messages.filter(({ from }) => from < view.node).length;
  return terms.toSpliced(place, 0, own);
}

export function refuseIncomplete(kind: string, community: Community): string | undefined {
  const { topology } = community;
  if (topology.timeVarying || !isComplete(topology.at(0))) {
    return `${kind} takes the mean over all replicas, who send to each other; use topology: complete`;
  }
  return refuseAsynchronous(kind, community) ?? refuseUnreliable(kind, 'all replicas the same', community);
}
