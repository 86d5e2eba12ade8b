/** Sums of whole blocks of numbers. */
import { wasm } from '../../../numerics/index.js';
import { advance, setFrom, until } from './pointers.js';
const { f32x4, v128 } = wasm;

const positive = (values: wasm.Local) => [values.get, v128.load(0), v128.zero, f32x4.gt, v128.and];

/** add(a, b, sum, bytes) */
export const emitAdd = (): wasm.WasmFunction =>
  wasm.defineFunction('add', { parameters: ['i32', 'i32', 'i32', 'i32'] }, ([a, b, sum, bytes], fresh) => {
    const end = fresh('i32');
    return [
      [a.get, bytes.get, wasm.i32.add, end.set],
      until(
        a,
        end,
        [sum.get, a.get, v128.load(0), b.get, v128.load(0), f32x4.add, v128.store(0)],
        [a, b, sum].map((pointer) => advance(pointer, 16)),
      ),
    ];
  });

/** addTo(target, source, values, bytes): with `relu`, only where values are positive. */
export const emitAddTo = (relu: boolean): wasm.WasmFunction =>
  wasm.defineFunction('addTo', { parameters: ['i32', 'i32', 'i32', 'i32'] }, (parameters, fresh) => {
    const [target, source, values, bytes] = parameters;
    const end = fresh('i32');
    return [
      [target.get, bytes.get, wasm.i32.add, end.set],
      until(
        target,
        end,
        [target.get, target.get, v128.load(0), source.get, v128.load(0)],
        [relu ? positive(values) : [], f32x4.add, v128.store(0)],
        [target, source, values].map((pointer) => advance(pointer, 16)),
      ),
    ];
  });

/** mask(target, source, values, bytes): what stands where values are positive, zeros elsewhere. */
export const emitMask = (): wasm.WasmFunction =>
  wasm.defineFunction('mask', { parameters: ['i32', 'i32', 'i32', 'i32'] }, (parameters, fresh) => {
    const [target, source, values, bytes] = parameters;
    const end = fresh('i32');
    return [
      [target.get, bytes.get, wasm.i32.add, end.set],
      until(
        target,
        end,
        [target.get, source.get, v128.load(0), positive(values), v128.store(0)],
        [target, source, values].map((pointer) => advance(pointer, 16)),
      ),
    ];
  });

/** addTable(values, table, sum): a table in panels, row by row, to one example's positions. */
export const emitAddTable = (positions: number, stride: number, panelBytes: number): wasm.WasmFunction =>
  wasm.defineFunction('addTable', { parameters: ['i32', 'i32', 'i32'] }, ([values, table, sum], fresh) => {
    const end = fresh('i32');
    return [
      setFrom(end, values, 4 * stride * positions),
      until(
        values,
        end,
        Array.from({ length: stride / 4 }, (_, half) => [
          [sum.get, values.get, v128.load(16 * half)],
          [table.get, v128.load(Math.floor(half / 2) * panelBytes + 16 * (half % 2)), f32x4.add],
          v128.store(16 * half),
        ]),
        [advance(values, 4 * stride), advance(table, 32), advance(sum, 4 * stride)],
      ),
    ];
  });

/** addToTable(deltas, table): one example's derivatives to a table's in panels. */
export const emitAddToTable = (positions: number, stride: number, panelBytes: number): wasm.WasmFunction =>
  wasm.defineFunction('addToTable', { parameters: ['i32', 'i32'] }, ([deltas, table], fresh) => {
    const end = fresh('i32');
    return [
      setFrom(end, deltas, 4 * stride * positions),
      until(
        deltas,
        end,
        Array.from({ length: stride / 4 }, (_, half) => {
          const at = Math.floor(half / 2) * panelBytes + 16 * (half % 2);
          return [
            [table.get, table.get, v128.load(at), deltas.get, v128.load(16 * half), f32x4.add],
            v128.store(at),
          ];
        }),
        [advance(deltas, 4 * stride), advance(table, 32)],
      ),
    ];
  });
