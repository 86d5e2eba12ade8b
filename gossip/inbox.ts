/** Which of a node's deliveries are to be handed over now, by what the algorithm expects. */
import type { Expectation, View } from '../algorithms/index.js';
import type { Delivery } from './links.js';
import type { GossipNode } from './nodes.js';

/** In place of a message's number: word that its sender sends nothing in the round. */
export const NOTHING = -1;

/** The deliveries to hand over, or nothing where the node has to wait. */
export function dueDeliveries(
  expects: Expectation,
  { inbox, wakes, finished }: GossipNode,
  view: (round: number) => View,
): Delivery[] | undefined {
  const round = wakes - 1;
  switch (expects.kind) {
    case 'each': {
      const first = inbox.find(({ content }) => content !== undefined);
      return first && [first];
    }
    case 'count': {
      const count = expects.count(view(Math.max(round, 0)));
      return inbox.length >= count ? inbox.slice(0, count) : undefined;
    }
    case 'round':
      return round < 0 || finished > round ? undefined : ofRound(expects, inbox, view(round));
  }
}

/** All of the node's round, once every sender's messages, or word that there are none, have come. */
function ofRound(
  expects: Extract<Expectation, { kind: 'round' }>,
  inbox: readonly Delivery[],
  view: View,
): Delivery[] | undefined {
  const { messages = 1 } = expects;
  const senders = Array.from(expects.from?.(view) ?? view.in);
  // Counted only where it can be enough: with many neighbours this is asked once for each that delivers.
  if (inbox.length < senders.length) return undefined;
  const arrived = inbox.filter(({ round }) => round === view.round);
  const came = new Map<number, number>();
  for (const { from, sequence } of arrived) {
    came.set(from, (came.get(from) ?? 0) + (sequence === NOTHING ? messages : 1));
  }
  return senders.every((sender) => (came.get(sender) ?? 0) >= messages) ? arrived : undefined;
}
