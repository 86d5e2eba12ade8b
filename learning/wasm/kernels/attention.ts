/** What attention is made of besides products of matrices: transposed heads, and softmax over what comes before. */
import { expVector, wasm } from '../../../numerics/index.js';
import { withNative, type Emitted } from './native-form.js';
import { padded, PANEL, PANEL_ROW } from '../panels.js';
import { emitSquare } from './product.js';
import { advance, set, setFrom, until } from './pointers.js';
const { control, f32, f32x4, i32, i32x4, v128 } = wasm;

/**
 * panels(from, to): the transpose of a matrix [positions, width], whose rows are `row` bytes apart, as panels of eight
 * positions. What pads the positions is whatever follows them.
 */
export const emitHeadPanels = (positions: number, width: number, row: number): wasm.WasmFunction =>
  wasm.defineFunction('panels', { parameters: ['i32', 'i32'] }, ([from, to], fresh) => {
    const [at, end, last] = Array.from({ length: 3 }, () => fresh('i32'));
    return [
      setFrom(last, from, padded(positions) * row),
      until(
        from,
        last,
        [from.get, at.set, setFrom(end, from, 4 * width)],
        until(at, end, emitSquare(fresh, at, to, row), [
          advance(at, PANEL_ROW),
          advance(to, PANEL * PANEL_ROW),
        ]),
        advance(from, PANEL * row),
      ),
    ];
  });

/** Whether the four columns at byte `column` are at most the row: those at or before its position. */
const upTo = (column: wasm.Local, row: wasm.Local): wasm.Code => [
  [row.get, i32x4.splat, column.get, i32.const(2), i32.shrU, i32x4.splat],
  [v128.const([0, 1, 2, 3].flatMap((lane) => [lane, 0, 0, 0])), i32x4.add, i32x4.geU],
];

/** Scores are products of vectors of so many numbers. */
const scaleOf = (width: number) => 1 / Math.sqrt(width);

/**
 * softmax(scores): of each row, the softmax of score / √width over the positions up to its own, zeros after; in place.
 * Sums ascend. The last function.
 */
export const emitCausalSoftmax = (positions: number, width: number): Emitted[] => [
  expVector,
  withNative(
    wasm.defineFunction('softmax', { parameters: ['i32'] }, ([scores], fresh) => {
      const rowBytes = 4 * padded(positions);
      const [row, column, end] = [fresh('i32'), fresh('i32'), fresh('i32')];
      const [largest, sum] = [fresh('f32'), fresh('f32')];
      const at = [scores.get, column.get, i32.add];
      const eachBefore = (...body: wasm.Code[]) => [
        [set(column, 0), row.get, i32.const(1), i32.add, i32.const(2), i32.shl, end.set],
        until(column, end, ...body, advance(column, 4)),
      ];
      const eachVector = (...body: wasm.Code[]) => [
        set(column, 0),
        until(column, rowBytes, ...body, advance(column, 16)),
      ];
      return [
        set(row, 0),
        until(
          row,
          positions,
          [f32.const(-Infinity), largest.set],
          eachBefore([largest.get, at, f32.load(0), f32.max, largest.set]),
          eachVector(
            [
              at,
              at,
              v128.load(0),
              largest.get,
              f32x4.splat,
              f32x4.sub,
              f32.const(scaleOf(width)),
              f32x4.splat,
            ],
            [f32x4.mul, control.call(0), upTo(column, row), v128.and, v128.store(0)],
          ),
          [f32.const(0), sum.set],
          eachBefore([sum.get, at, f32.load(0), f32.add, sum.set]),
          eachVector([at, at, v128.load(0), sum.get, f32x4.splat, f32x4.div, v128.store(0)]),
          [advance(scores, rowBytes), advance(row, 1)],
        ),
      ];
    }),
    'softmax',
    { positions, width },
  ),
];

/** backward(shares, deltas): from derivatives by the shares, those by the scores, in place. */
export const emitCausalSoftmaxBackward = (positions: number, width: number): Emitted =>
  withNative(
    wasm.defineFunction('softmaxBackward', { parameters: ['i32', 'i32'] }, ([shares, deltas], fresh) => {
      const rowBytes = 4 * padded(positions);
      const [row, column, end, sum] = [fresh('i32'), fresh('i32'), fresh('i32'), fresh('f32')];
      const share = [shares.get, column.get, i32.add];
      const delta = [deltas.get, column.get, i32.add];
      return [
        set(row, 0),
        until(
          row,
          positions,
          [f32.const(0), sum.set, set(column, 0)],
          [row.get, i32.const(1), i32.add, i32.const(2), i32.shl, end.set],
          until(
            column,
            end,
            [sum.get, share, f32.load(0), delta, f32.load(0), f32.mul, f32.add, sum.set],
            advance(column, 4),
          ),
          set(column, 0),
          until(
            column,
            rowBytes,
            [delta, delta, v128.load(0), sum.get, f32x4.splat, f32x4.sub, share, v128.load(0), f32x4.mul],
            [f32.const(scaleOf(width)), f32x4.splat, f32x4.mul, upTo(column, row), v128.and, v128.store(0)],
            advance(column, 16),
          ),
          [advance(shares, rowBytes), advance(deltas, rowBytes), advance(row, 1)],
        ),
      ];
    }),
    'softmaxBackward',
    { positions, width },
  );
