/**
 * Distributions over named streams: d3-random's, and on top of them those for which d3 uses Math.pow, whose
 * bits differ between JavaScript engines.
 */
import { randomExponential, randomGamma, randomLogNormal, randomNormal, randomUniform } from 'd3-random';
import { power } from './exponential.js';
import type { Stream } from './streams.js';

export const normal = (draw: Stream, mean = 0, deviation = 1) => randomNormal.source(draw)(mean, deviation);
export const uniform = (draw: Stream, low: number, high: number) => randomUniform.source(draw)(low, high);
export const logNormal = (draw: Stream, mu: number, sigma: number) => randomLogNormal.source(draw)(mu, sigma);
export const exponential = (draw: Stream, rate: number) => randomExponential.source(draw)(rate);

/** Gamma; below shape 1 as Gamma(shape + 1) · U^(1/shape) (Marsaglia & Tsang 2000, section 6). */
export function gamma(draw: Stream, shape: number, scale = 1): () => number {
  if (shape >= 1) return randomGamma.source(draw)(shape, scale);
  const above = randomGamma.source(draw)(shape + 1, scale);
  return () => above() * power(1 - draw(), 1 / shape);
}

/** Beta, as X / (X + Y) of two gamma draws. */
export function beta(draw: Stream, a: number, b: number): () => number {
  const [first, second] = [gamma(draw, a), gamma(draw, b)];
  return () => {
    const x = first();
    return x === 0 ? 0 : x / (x + second());
  };
}

/** Pareto with minimum 1. */
export const pareto = (draw: Stream, alpha: number) => () => power(1 - draw(), -1 / alpha);

/**
 * One draw from Dir(concentrations): positive shares that sum to 1.
 * Where every gamma draw underflows (concentrations near 0) all mass goes to one uniformly chosen share,
 * which is the distribution's limit.
 */
export function dirichlet(draw: Stream, concentrations: readonly number[]): number[] {
  const draws = concentrations.map((shape) => gamma(draw, shape)());
  const total = draws.reduce((sum, x) => sum + x, 0);
  if (total > 0) return draws.map((x) => x / total);
  const winner = Math.floor(draw() * concentrations.length);
  return concentrations.map((_, i) => (i === winner ? 1 : 0));
}
