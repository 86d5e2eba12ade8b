/** From stored inputs to the float32 rows that the first layer reads. */
import { wasm } from '../../../numerics/index.js';
import { settings, type StoredInput } from '../memory-map.js';
import type { Slot } from '../slots.js';
import { advance, set, setFrom, settingVector, until } from './pointers.js';
const { f32, f32x4, i32, i32x4, control, v128 } = wasm;

/** convert(stored, rows): stored · scale + shift, each operation rounded; zeros where a position is padded. */
export const emitConvert = (
  { values, positions, channels, stride }: Slot,
  { type }: StoredInput,
): wasm.WasmFunction =>
  wasm.defineFunction('convert', { parameters: ['i32', 'i32'] }, ([stored, rows], fresh) => {
    const [input, end] = [fresh('i32'), fresh('i32')];
    const [scale, shift] = [fresh('v128'), fresh('v128')];
    // Positions without padding follow one another like one long one.
    const [lines, numbers, padded] =
      channels < stride ? [positions, channels, stride] : [1, positions * channels, positions * stride];
    const bytes = type === 'uint8';
    const size = bytes ? 1 : 4;
    const fours = Math.floor(numbers / 4);
    const rest = Array.from({ length: numbers % 4 }, (_, i) => i);
    const setting = (address: number) => [i32.const(0), f32.load(address)];
    const four = bytes
      ? [stored.get, v128.load32Zero(0), i32x4.extendLow8u, f32x4.fromI32x4]
      : [stored.get, v128.load(0)];
    const one = (i: number) =>
      bytes ? [stored.get, i32.load8u(i), f32.fromI32] : [stored.get, f32.load(4 * i)];
    return [
      [settingVector(settings.inputScale), scale.set, settingVector(settings.inputShift), shift.set],
      [rows.get, i32.const(lines), i32.mul, rows.set],
      set(input, values),
      control.loop(
        setFrom(end, input, 16 * fours),
        fours === 0
          ? []
          : until(
              input,
              end,
              [input.get, four, scale.get, f32x4.mul, shift.get, f32x4.add, v128.store(0)],
              [advance(stored, 4 * size), advance(input, 16)],
            ),
        rest.map((i) => [
          [input.get, one(i), setting(settings.inputScale), f32.mul],
          [setting(settings.inputShift), f32.add, f32.store(4 * i)],
        ]),
        Array.from({ length: padded - numbers }, (_, i) => [
          [input.get, f32.const(0), f32.store(4 * (rest.length + i))],
        ]),
        advance(stored, size * rest.length),
        advance(input, 4 * (padded - 4 * fours)),
        [rows.get, i32.const(1), i32.sub, rows.tee],
        control.brIf(0),
      ),
    ];
  });
