/** Images with a border of zeros around them, and back. */
import { wasm } from '../../../numerics/index.js';
import type { ConvPlan } from './conv-plan.js';
import { advance, set, setFrom, until } from './pointers.js';
const { bulk, control, f32x4, i32, v128 } = wasm;

/** clear(): zeros everywhere, border and all. */
export const emitClear = ({ image }: ConvPlan, at: number): wasm.WasmFunction =>
  wasm.defineFunction('clear', {}, () => [[i32.const(at), i32.const(0), i32.const(image.bytes), bulk.fill]]);

/** border(source): copies an image line by line to the inside of `at`, whose border is zero already. */
export const emitBorder = ({ image, line }: ConvPlan, at: number): wasm.WasmFunction =>
  wasm.defineFunction('border', { parameters: ['i32'] }, ([source], fresh) => {
    const target = fresh('i32');
    return [
      set(target, at + image.first),
      until(
        target,
        at + image.first + image.height * line,
        [target.get, source.get, i32.const(image.lineBytes), bulk.copy],
        [advance(source, image.lineBytes), advance(target, line)],
      ),
    ];
  });

/**
 * inside(values, target): the inside of `at` to `target`; with `relu`, only where `values` are positive, and zeros
 * elsewhere.
 */
export const emitInside = ({ image, line }: ConvPlan, at: number, relu: boolean): wasm.WasmFunction =>
  wasm.defineFunction('inside', { parameters: ['i32', 'i32'] }, ([values, target], fresh) => {
    const [source, row, end] = [fresh('i32'), fresh('i32'), fresh('i32')];
    return [
      set(row, at + image.first),
      until(
        row,
        at + image.first + image.height * line,
        [row.get, source.set, setFrom(end, row, image.lineBytes)],
        until(
          source,
          end,
          [target.get, source.get, v128.load(0)],
          relu ? [values.get, v128.load(0), v128.zero, f32x4.gt, v128.and] : [],
          v128.store(0),
          [advance(source, 16), advance(values, 16), advance(target, 16)],
        ),
        advance(row, line),
      ),
    ];
  });

/** zero(from, bytes) */
export const emitZero = (): wasm.WasmFunction =>
  wasm.defineFunction('zero', { parameters: ['i32', 'i32'] }, ([from, bytes]) => [
    [bytes.get, control.if([from.get, i32.const(0), bytes.get, bulk.fill])],
  ]);
