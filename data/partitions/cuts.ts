/** Cuts of a list into parts: part p is the range from `cuts[p]` to `cuts[p + 1]`. */
import { cumulativeSums, portion } from '../../numerics/index.js';

/** Equal parts: their sizes differ by at most one. */
export function evenCuts(length: number, parts: number): Uint32Array {
  return Uint32Array.from({ length: parts + 1 }, (_, p) => Math.floor((p * length) / parts));
}

/**
 * Parts in proportion to `shares`: cuts at ⌊cumulative share / total · length + offset⌋. With an offset uniform in [0, 1) the
 * expected size of a part is exactly share · length; without it, several small lists leave the same parts empty.
 */
export function cutsByShares(length: number, shares: readonly number[], offset = 0): Uint32Array {
  const cuts = new Uint32Array(shares.length + 1);
  const sums = cumulativeSums(shares);
  const total = sums[sums.length - 1];
  for (const [part, sum] of sums.entries()) {
    cuts[part + 1] = Math.min(Math.floor(portion(sum / total, length) + offset), length);
  }
  // The last part with a positive share takes the remainder of rounding.
  let last = shares.length;
  while (last > 1 && shares[last - 1] === 0) last--;
  return cuts.fill(length, last);
}

/** Assigns part p of `order` to `clients[p]`, by default to client p, in `assignment`. */
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
