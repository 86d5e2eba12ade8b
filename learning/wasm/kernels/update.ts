/**
 * One step of an optimizer on a vector of weights whose gradient is at hand: weight decay, proximal and linear terms,
 * moments. Used where a gradient leaves the registers, and in sweeps over all weights.
 */
import { wasm } from '../../../numerics/index.js';
import { settings, type Distance } from '../memory-map.js';
import { settingVector } from './pointers.js';
const { f32x4, v128 } = wasm;

/** Which terms a step has. */
export interface UpdateRule {
  readonly moments: 'none' | 'heavy' | 'nesterov' | 'adam';
  /** Decay as a part of the gradient, or beside it (AdamW). */
  readonly weightDecay: 'none' | 'coupled' | 'decoupled';
  readonly proximal: boolean;
  readonly linear: boolean;
}

export const isPlain = (rule: UpdateRule): boolean =>
  rule.moments === 'none' && rule.weightDecay === 'none' && !rule.proximal && !rule.linear;

/** Registers that an update needs besides the gradient's; `rate` has been loaded. */
export interface UpdateRegisters {
  readonly weights: wasm.Local;
  readonly moment: wasm.Local;
  readonly rate: wasm.Local;
}

/**
 * Updates the four weights at pointer + offset; `gradient` is used up. In this order, each operation rounded:
 * g += decay · w; g += μ · (w − anchor); g += linear; then without moments w −= rate · g; with momentum
 * v = momentum · v + g, w −= rate · v, or Nesterov's w −= rate · (g + momentum · v), as PyTorch has them; or Adam's,
 * m = β₁ · m + (1 − β₁) · g, v = β₂ · v + ((1 − β₂) · g) · g, w −= rate · (m / (√v · s + ε)), where the settings rate
 * and s = 1/√(1 − β₂ᵗ) hold the bias correction. Decoupled decay: w −= rate · (…) + decay · w, decay = η λ.
 */
export function emitUpdate(
  rule: UpdateRule,
  distance: Distance,
  registers: UpdateRegisters,
  gradient: wasm.Local,
  pointer: wasm.Local,
  offset: number,
): wasm.Code {
  const { weights, rate } = registers;
  const load = (from: number) => [pointer.get, v128.load(offset + from)];
  const addToGradient = (...term: wasm.Code[]) => [gradient.get, term, f32x4.add, gradient.set];
  const decay = [weights.get, times(settings.weightDecay)];
  return [
    [load(0), weights.set],
    rule.weightDecay === 'coupled' ? addToGradient(decay) : [],
    rule.proximal ? addToGradient(weights.get, load(distance.anchor), f32x4.sub, times(settings.mu)) : [],
    rule.linear ? addToGradient(load(distance.linear)) : [],
    emitMoments(rule.moments, distance, registers, gradient, pointer, offset),
    [pointer.get, weights.get, gradient.get, rate.get, f32x4.mul],
    rule.weightDecay === 'decoupled' ? [decay, f32x4.add] : [],
    [f32x4.sub, v128.store(offset)],
  ];
}

const times = (setting: number): wasm.Code => [settingVector(setting), f32x4.mul];

/** Brings the moments up to date, and puts in the gradient's place what the rate is to be multiplied with. */
function emitMoments(
  kind: UpdateRule['moments'],
  { firstMoment, secondMoment }: Distance,
  { moment }: UpdateRegisters,
  gradient: wasm.Local,
  pointer: wasm.Local,
  offset: number,
): wasm.Code {
  const load = (from: number) => [pointer.get, v128.load(offset + from)];
  const store = (local: wasm.Local, to: number) => [pointer.get, local.get, v128.store(offset + to)];
  if (kind === 'none') return [];
  if (kind === 'adam') {
    return [
      [load(firstMoment), times(settings.momentum), gradient.get, times(settings.oneMinusBeta1)],
      [f32x4.add, moment.set, store(moment, firstMoment)],
      [load(secondMoment), times(settings.beta2), gradient.get, times(settings.oneMinusBeta2)],
      [gradient.get, f32x4.mul, f32x4.add, gradient.set, store(gradient, secondMoment)],
      [moment.get, gradient.get, f32x4.sqrt, times(settings.secondScale)],
      [settingVector(settings.epsilon), f32x4.add, f32x4.div, gradient.set],
    ];
  }
  return [
    [load(firstMoment), times(settings.momentum), gradient.get, f32x4.add, moment.set],
    store(moment, firstMoment),
    kind === 'nesterov'
      ? [gradient.get, moment.get, times(settings.momentum), f32x4.add, gradient.set]
      : [moment.get, gradient.set],
  ];
}
