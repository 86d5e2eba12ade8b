/** Shares that follow a power law over ranks. */
import { permutation, power, type Stream } from '../../numerics/index.js';

/**
 * Shares of `count` clients, in proportion to (rank + 1)^−exponent and summing to 1. Which client has which rank
 * is drawn, so that sizes have nothing to do with the clients' numbers (a topology's hubs are often the first).
 */
export function powerLaw(count: number, exponent: number, draw: Stream): number[] {
  const ranks = permutation(draw, count);
  const weights = Array.from(ranks, (rank) => power(rank + 1, -exponent));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
