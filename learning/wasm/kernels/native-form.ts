/** What a kernel is in native code: the function in C that does the same, and its constants there. */
import type { wasm } from '../../../numerics/index.js';
import { settings, type Distance } from '../memory-map.js';
import type { UpdateRule } from './update.js';

export interface NativeForm {
  readonly kernel: string;
  /** By the names in kernels.h. */
  readonly constants: Readonly<Record<string, number | boolean>>;
}

/** A kernel in WebAssembly, and where there is one its native form, which gives the same bits. */
export interface Emitted extends wasm.WasmFunction {
  readonly native?: NativeForm;
}

export const withNative = (
  emitted: wasm.WasmFunction,
  kernel: string,
  constants: NativeForm['constants'],
): Emitted => ({ ...emitted, native: { kernel, constants } });

const moments: readonly UpdateRule['moments'][] = ['none', 'heavy', 'nesterov', 'adam'];

/** The constants of what becomes of a gradient. */
export function sinkConstants(sink: UpdateRule | 'accumulate', distance: Distance): NativeForm['constants'] {
  const accumulate = sink === 'accumulate';
  const rule: UpdateRule = accumulate
    ? { moments: 'none', weightDecay: 'none', proximal: false, linear: false }
    : sink;
  const { rate, momentum, weightDecay, mu, oneMinusBeta1, beta2, oneMinusBeta2, secondScale, epsilon } =
    settings;
  return {
    accumulate,
    gradient: distance.gradient,
    moments: moments.indexOf(rule.moments),
    coupled: rule.weightDecay === 'coupled',
    decoupled: rule.weightDecay === 'decoupled',
    proximal: rule.proximal,
    linear: rule.linear,
    ...{ rate, momentum, weightDecay, mu, oneMinusBeta1, beta2, oneMinusBeta2, secondScale, epsilon },
    firstMoment: distance.firstMoment,
    secondMoment: distance.secondMoment,
    anchor: distance.anchor,
    linearTerm: distance.linear,
  };
}
