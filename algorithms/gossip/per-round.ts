/** What all nodes work out alike in a round is worked out once: a function of the round that remembers the latest. */
import type { View } from '../gossip.js';

/** Rounds remembered at a time: nodes are hardly ever further apart than a round or two. */
const ROUNDS = 4;

/** @param compute gives the same for the views of all nodes in a round, from whichever it is asked */
export function perRound<Value>(compute: (view: View) => Value): (view: View) => Value {
  const runs = new WeakMap<View['streamOf'], Map<number, Value>>();
  return (view) => {
    const rounds = runs.get(view.streamOf) ?? new Map<number, Value>();
    runs.set(view.streamOf, rounds);
    const known = rounds.get(view.round);
    if (known !== undefined) return known;
    const value = compute(view);
    rounds.set(view.round, value);
    if (rounds.size > ROUNDS) rounds.delete(Math.min(...rounds.keys()));
    return value;
  };
}
