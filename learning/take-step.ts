/**
 * One step of an optimizer along a gradient that is at hand as a vector, such as a mean over replicas; the terms and their order are those of engines' steps, in float64, each vector rounded once.
 */
import { integerPower } from '../numerics/index.js';
import {
  momentNames,
  type AdamSettings,
  type OptimizerSettings,
  type SgdSettings,
  type TrainRequest,
} from './engine.js';
import type { Range } from './statistics.js';

export interface TakenStep {
  /** Changed in place, as are the moments. */
  readonly weights: Float32Array;
  readonly gradient: ArrayLike<number>;
  readonly optimizer: OptimizerSettings;
  readonly rate: number;
  /** The steps before this one, and what is remembered of them by the names of `momentNames`. */
  readonly steps: number;
  readonly moments: Readonly<Record<string, Float32Array>>;
  /** Where the numbers lie that take the step; all where it is left out. */
  readonly ranges?: readonly Pick<Range, 'start' | 'end'>[];
  /** Clips the norm of the whole gradient, before all other terms. */
  readonly clip?: number | undefined;
  readonly proximal?: TrainRequest['proximal'];
  readonly linear?: TrainRequest['linear'];
}

export function takeStep(step: TakenStep): void {
  const { optimizer } = step;
  const shrink = clipScale(step.gradient, step.clip);
  const moments = momentNames(optimizer).map((name) => step.moments[name]);
  for (const range of step.ranges ?? [{ start: 0, end: step.weights.length }]) {
    if (optimizer.kind === 'sgd') takeSgdStep(step, range, optimizer, shrink, moments[0]);
    else takeAdamStep(step, range, optimizer, shrink, moments);
  }
}

/** What a gradient is to be multiplied with, so that its norm is at most `clip`. */
export function clipScale(gradient: ArrayLike<number>, clip = Infinity): number {
  if (clip === Infinity) return 1;
  let squares = 0;
  for (let i = 0; i < gradient.length; i++) squares += gradient[i] * gradient[i];
  const norm = Math.sqrt(squares);
  return norm > clip ? clip / norm : 1;
}

/** g + λw + μ(w − anchor) + linear, the gradient times `shrink` first. */
function fullGradient({ weights, gradient, proximal, linear }: TakenStep, shrink: number, decay: number) {
  return (i: number): number => {
    let g = decay * weights[i] + shrink * gradient[i];
    if (proximal !== undefined) g += proximal.mu * (weights[i] - proximal.anchor[i]);
    if (linear !== undefined) g += linear[i];
    return g;
  };
}

/** v ← μv + d with d the full gradient, then w ← w − ηv, or with Nesterov's momentum w − η(d + μv). */
function takeSgdStep(
  step: TakenStep,
  { start, end }: Pick<Range, 'start' | 'end'>,
  { momentum, nesterov, weightDecay }: SgdSettings,
  shrink: number,
  velocity: Float32Array | undefined,
): void {
  const { weights, rate } = step;
  const full = fullGradient(step, shrink, weightDecay);
  for (let i = start; i < end; i++) {
    const d = Math.fround(full(i));
    if (velocity === undefined) {
      weights[i] -= rate * d;
      continue;
    }
    velocity[i] = momentum * velocity[i] + d;
    weights[i] = nesterov
      ? weights[i] - rate * d - rate * momentum * velocity[i]
      : weights[i] - rate * velocity[i];
  }
}

/** Adam and AdamW: Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019, algorithm 2, with decay η λ w. */
function takeAdamStep(
  step: TakenStep,
  { start, end }: Pick<Range, 'start' | 'end'>,
  { kind, beta1, beta2, epsilon, weightDecay }: AdamSettings,
  shrink: number,
  [first, second]: readonly Float32Array[],
): void {
  const { weights, rate, steps } = step;
  const full = fullGradient(step, shrink, kind === 'adam' ? weightDecay : 0);
  const decoupled = kind === 'adamw' ? rate * weightDecay : 0;
  const corrected = rate / (1 - integerPower(beta1, steps + 1));
  const scale = 1 / Math.sqrt(1 - integerPower(beta2, steps + 1));
  for (let i = start; i < end; i++) {
    const g = full(i);
    first[i] = beta1 * first[i] + (1 - beta1) * g;
    second[i] = beta2 * second[i] + (1 - beta2) * g * g;
    weights[i] -= corrected * (first[i] / (Math.sqrt(second[i]) * scale + epsilon)) + decoupled * weights[i];
  }
}
