/** Rows of a mixing matrix as effects: W_ii of a vector of the node's own and W_ij of what its neighbours sent. */
import { SNAPSHOT, WEIGHTS, type Effect, type Message, type Term, type View } from '../gossip.js';

export interface Row {
  /** W_ii, and the weights of neighbours from whom nothing came: so what all agree on stays as it is. */
  readonly self: number;
  /** W_ij of each message's sender. */
  readonly received: readonly number[];
}

export function mixingRow(view: View, messages: readonly Message[]): Row {
  const { neighbours, weights, self } = view.mixing();
  const missing = new Map([...neighbours].map((node, at) => [node, weights[at]]));
  const received = messages.map(({ from }) => {
    const weight = missing.get(from) ?? 0;
    missing.delete(from);
    return weight;
  });
  return { self: [...missing.values()].reduce((sum, weight) => sum + weight, self), received };
}

/** A coefficient and a vector of the node's own, and the coefficient of running statistics where it is another. */
type Own = readonly [coefficient: number, vector: string, statistics?: number];

/** Σ W_ij · what the neighbours sent under this name. */
export const mixed = ({ received }: Row, vector: string): Term[] =>
  received.map((coefficient, message) => ({ coefficient, of: { message, vector } }));

/** into ← the own terms, then the received ones. */
export const combine = (into: string, own: readonly Own[], received: readonly Term[] = []): Effect => ({
  kind: 'combine',
  into,
  terms: [
    ...own.map(([coefficient, vector, statistics]) => ({
      coefficient,
      ...(statistics !== undefined && { statistics }),
      of: { own: vector },
    })),
    ...received,
  ],
});

/** The weights as they are now are the model of the evaluation point that is not the round's end. */
export const snapshot: Effect = combine(SNAPSHOT, [[1, WEIGHTS]]);
