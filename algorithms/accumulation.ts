/**
 * How far an optimizer's steps go together. τ steps add up to −η G a, the columns of G their gradients and a the weights
 * that the optimizer gives them (Wang et al., NeurIPS 2020, arXiv 2007.07481, section 4).
 */
import type { SgdSettings } from '../learning/index.js';

/** What decides a besides the number of steps: rates are relative to η, `pull` is η μ of a proximal term. */
export interface Accumulation extends Pick<SgdSettings, 'momentum' | 'nesterov'> {
  readonly pull: number;
  readonly relativeRate: (step: number) => number;
}

/**
 * ‖a‖₁ after some steps: how far, in units of η, the optimizer goes under a constant gradient of one. For plain
 * SGD this is τ, with momentum ρ [τ − ρ(1 − ρ^τ)/(1 − ρ)]/(1 − ρ), with a proximal term [1 − (1 − ημ)^τ]/(ημ),
 * and it covers their mixtures and changing rates.
 */
export function coefficientSum(
  { momentum, nesterov, pull, relativeRate }: Accumulation,
  steps: number,
): number {
  let sum = 0;
  let velocity = 0;
  for (let step = 0; step < steps; step++) {
    const gradient = 1 - pull * sum;
    velocity = momentum * velocity + gradient;
    sum += relativeRate(step) * (nesterov ? gradient + momentum * velocity : velocity);
  }
  return sum;
}
