/**
 * One step of SGD on a vector of weights whose gradient is at hand: weight decay, proximal and linear terms,
 * momentum. Used where a gradient leaves the registers, and in sweeps over all weights.
 */
import { wasm } from '../../../numerics/index.js';
import { settings, type Distance } from '../plan.js';
import { settingVector } from './pointers.js';
const { f32x4, v128 } = wasm;

/** Which terms a step has. */
export interface UpdateRule {
  readonly momentum: 'none' | 'heavy' | 'nesterov';
  readonly weightDecay: boolean;
  readonly proximal: boolean;
  readonly linear: boolean;
}

export const isPlain = (rule: UpdateRule): boolean =>
  rule.momentum === 'none' && !rule.weightDecay && !rule.proximal && !rule.linear;

/** Registers that an update needs besides the gradient's; `rate` has been loaded. */
export interface UpdateRegisters {
  readonly weights: wasm.Local;
  readonly velocity: wasm.Local;
  readonly rate: wasm.Local;
}

/**
 * Updates the four weights at pointer + offset; `gradient` is used up. In this order, each operation rounded:
 * g += decay · w; g += μ · (w − anchor); g += linear; v = momentum · v + g; w −= rate · v, or with Nesterov's
 * momentum w −= rate · (g + momentum · v), as PyTorch has them.
 */
export function emitUpdate(
  rule: UpdateRule,
  distance: Distance,
  { weights, velocity, rate }: UpdateRegisters,
  gradient: wasm.Local,
  pointer: wasm.Local,
  offset: number,
): wasm.Code {
  const load = (from: number) => [pointer.get, v128.load(offset + from)];
  const times = (setting: number) => [settingVector(setting), f32x4.mul];
  const addToGradient = (...term: wasm.Code[]) => [gradient.get, term, f32x4.add, gradient.set];
  return [
    [load(0), weights.set],
    rule.weightDecay ? addToGradient(weights.get, times(settings.weightDecay)) : [],
    rule.proximal ? addToGradient(weights.get, load(distance.anchor), f32x4.sub, times(settings.mu)) : [],
    rule.linear ? addToGradient(load(distance.linear)) : [],
    rule.momentum === 'none'
      ? []
      : [
          [load(distance.velocity), times(settings.momentum), gradient.get, f32x4.add, velocity.set],
          [pointer.get, velocity.get, v128.store(offset + distance.velocity)],
          rule.momentum === 'nesterov'
            ? addToGradient(velocity.get, times(settings.momentum))
            : [velocity.get, gradient.set],
        ],
    [pointer.get, weights.get, gradient.get, rate.get, f32x4.mul, f32x4.sub, v128.store(offset)],
  ];
}
