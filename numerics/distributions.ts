/** Distributions over named streams: d3-random's where it has them, Dirichlet on top of its gamma. */
import {
  randomBeta,
  randomExponential,
  randomGamma,
  randomLogNormal,
  randomNormal,
  randomPareto,
  randomUniform,
} from 'd3-random';
import type { Stream } from './streams.js';

export const normal = (draw: Stream, mean = 0, deviation = 1) => randomNormal.source(draw)(mean, deviation);
export const uniform = (draw: Stream, low: number, high: number) => randomUniform.source(draw)(low, high);
export const logNormal = (draw: Stream, mu: number, sigma: number) => randomLogNormal.source(draw)(mu, sigma);
export const exponential = (draw: Stream, rate: number) => randomExponential.source(draw)(rate);
export const gamma = (draw: Stream, shape: number, scale = 1) => randomGamma.source(draw)(shape, scale);
export const beta = (draw: Stream, a: number, b: number) => randomBeta.source(draw)(a, b);
export const pareto = (draw: Stream, alpha: number) => randomPareto.source(draw)(alpha);

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
