/** Rounds that are made on demand and remembered while they are likely to be asked for again. */

/** How large the rounds kept may be together, in numbers; two are kept however large they are. */
const ROOM = 2 ** 24;

/**
 * The same function, which keeps its latest results: hosts ask for a round once for every node, and nodes that
 * do not wait for each other are some rounds apart.
 * @param size of a result, in numbers
 */
export function remember<T>(make: (round: number) => T, size: (result: T) => number): (round: number) => T {
  const kept = new Map<number, T>();
  let held = 0;
  return (round) => {
    const known = kept.get(round);
    if (known !== undefined) return known;
    const result = make(round);
    kept.set(round, result);
    held += size(result);
    for (const [oldest, value] of kept) {
      if (held <= ROOM || kept.size <= 2) break;
      kept.delete(oldest);
      held -= size(value);
    }
    return result;
  };
}
