/** Dropping values by chance: whether one stays is a hash of where it is and of the step's two integers. */
import { wasm } from '../../../numerics/index.js';
import { settings } from '../memory-map.js';
import { advance, until } from './pointers.js';
const { f32, f32x4, i32, i32x4, v128 } = wasm;

const splat = (value: number) => [i32.const(value | 0), i32x4.splat];

/** MurmurHash3's finalizer, four numbers at a time. */
const mix = (x: wasm.Local): wasm.Code => {
  const shifted = (bits: number) => [x.get, x.get, i32.const(bits), i32x4.shrU, v128.xor];
  return [
    [shifted(16), splat(0x85ebca6b), i32x4.mul, x.set],
    [shifted(13), splat(0xc2b2ae35), i32x4.mul, x.set],
    [shifted(16), x.set],
  ];
};

/**
 * drop(from, to, number, toFactors, toOutput): factors 0 and 1 / (1 − rate) for the values from one address to
 * another, of which the first is number `number` of the batch's; and the values times these.
 */
export const emitDrop = (rate: number, salt: number): wasm.WasmFunction =>
  wasm.defineFunction(
    'drop',
    { parameters: Array.from({ length: 5 }, () => 'i32' as const) },
    (parameters, fresh) => {
      const [at, end, number, toFactors, toOutput] = parameters;
      const [x, numbers, factor] = [fresh('v128'), fresh('v128'), fresh('v128')];
      const key = (index: number) => [i32.const(0), i32.load(settings.chance + 4 * index), i32x4.splat];
      const lanes = v128.const([0, 1, 2, 3].flatMap((lane) => [lane, 0, 0, 0]));
      return [
        [number.get, i32x4.splat, lanes, i32x4.add, numbers.set],
        until(
          at,
          end,
          [numbers.get, splat(0x9e3779b1), i32x4.mul, splat(salt), i32x4.add, key(0), v128.xor, x.set],
          mix(x),
          [x.get, key(1), v128.xor, x.set],
          mix(x),
          // at or above rate · 2³² it stays
          [x.get, splat(Math.floor(rate * 2 ** 32)), i32x4.geU],
          [f32.const(1 / (1 - rate)), f32x4.splat, v128.and, factor.set],
          [at.get, toFactors.get, i32.add, factor.get, v128.store(0)],
          [at.get, toOutput.get, i32.add, at.get, v128.load(0), factor.get, f32x4.mul, v128.store(0)],
          [numbers.get, splat(4), i32x4.add, numbers.set, advance(at, 16)],
        ),
      ];
    },
  );

/** keep(from, to, toFactors, toOutput): all values as they are. */
export const emitKeep = (): wasm.WasmFunction =>
  wasm.defineFunction(
    'keep',
    { parameters: ['i32', 'i32', 'i32', 'i32'] },
    ([at, end, toFactors, toOutput]) =>
      until(
        at,
        end,
        [at.get, toFactors.get, i32.add, f32.const(1), f32x4.splat, v128.store(0)],
        [at.get, toOutput.get, i32.add, at.get, v128.load(0), v128.store(0)],
        advance(at, 16),
      ),
  );

/** backward(from, to, toFactors, toOutputDelta, toDelta) */
export const emitDropBackward = (): wasm.WasmFunction =>
  wasm.defineFunction(
    'dropBackward',
    { parameters: Array.from({ length: 5 }, () => 'i32' as const) },
    (parameters) => {
      const [at, end, toFactors, toOutputDelta, toDelta] = parameters;
      return until(
        at,
        end,
        [at.get, toDelta.get, i32.add, at.get, toOutputDelta.get, i32.add, v128.load(0)],
        [at.get, toFactors.get, i32.add, v128.load(0), f32x4.mul, v128.store(0)],
        advance(at, 16),
      );
    },
  );
