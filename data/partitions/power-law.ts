/** Shares that follow a power law over ranks. */
import { permutation, power, type Stream } from '../../numerics/index.js';

/**
 * Shares of `count` clients, (rank + 1)^−exponent, not normalised. Ranks are drawn, so that sizes are independent of the
 * clients' numbers: a topology's hubs are often the first nodes.
 */
export function powerLaw(count: number, exponent: number, draw: Stream): number[] {
  const ranks = permutation(draw, count);
  return Array.from(ranks, (rank) => power(rank + 1, -exponent));
}
