/** All-reduce on the seam of gossip, for baselines: each replica sends to every other and takes the mean itself. */
import type { Effect, Message, Term, View } from '../gossip.js';
import type { AlgorithmNeeds } from '../needs.js';

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

/** Means over all replicas need all of them, in every round. */
export const allToAllNeeds = (): AlgorithmNeeds => ({
  schedules: ['synchronous'],
  topology: 'complete',
  everyMessage: 'all replicas the same',
});
