/** Where a list is cut into parts: part p runs from `cuts[p]` to `cuts[p + 1]`. */
import { cumulativeSums, portion } from '../../numerics/index.js';

/** Parts as equal as can be: their sizes differ by one at most. */
export function evenCuts(length: number, parts: number): Uint32Array {
  return Uint32Array.from({ length: parts + 1 }, (_, p) => Math.floor((p * length) / parts));
}

/**
 * Parts in proportion to `shares`: the list is cut at ⌊cumulative share / total · length + offset⌋.
 * With an offset uniform in [0, 1) the expected size of a part is share · length exactly; without one, small
 * lists that are cut alike would all leave out the same parts.
 */
export function cutsByShares(length: number, shares: readonly number[], offset = 0): Uint32Array {
  const cuts = new Uint32Array(shares.length + 1);
  const sums = cumulativeSums(shares);
  const total = sums[sums.length - 1];
  for (const [part, sum] of sums.entries()) {
    cuts[part + 1] = Math.min(Math.floor(portion(sum / total, length) + offset), length);
  }
  // The last part that has a share takes what rounding left.
  let last = shares.length;
  while (last > 1 && shares[last - 1] === 0) last--;
  return cuts.fill(length, last);
}

/** Gives part p of `order` to `clients[p]` (to client p where it is left out) in `assignment`. */
export function assignParts(
  assignment: Int32Array,
  order: ArrayLike<number>,
  cuts: Uint32Array,
  clients?: ArrayLike<number>,
): void {
  for (let part = 0; part + 1 < cuts.length; part++) {
    for (let i = cuts[part]; i < cuts[part + 1]; i++) assignment[order[i]] = clients?.[part] ?? part;
  }
}
