/**
 * Lists of the inputs that are not zero, for inputs that mostly are: of each example (for the forward pass) and of
 * each input that some example of the batch has (for the gradient). Leaving out terms of zero changes no bit:
 * a sum that starts at +0 is never −0, and weights are finite.
 */
import { wasm } from '../../../numerics/index.js';
import { PANEL, PANEL_ROW } from '../panels.js';
import { settings } from '../memory-map.js';
import type { DensePlan } from './dense-plan.js';
import { advance, set, setFrom, until, whileTrue } from './pointers.js';
const { control, f32, i32, i64, i8x16, v128 } = wasm;

/** Where the lists of a dense layer's inputs lie. */
export interface ListPlan {
  readonly layer: DensePlan;
  /** How many numbers an example's input has. */
  readonly inputs: number;
  readonly rowLists: number;
  /** From one example's list to the next one's. */
  readonly rowListBytes: number;
  readonly rowEnds: number;
  readonly columns: number;
  readonly columnsEnd: number;
  readonly columnLists: number;
  readonly cursors: number;
}

/** Bytes of a list's entry: where its factor lies (an offset in bytes), and the number itself. */
export const ENTRY = 8;

/** Adds to `total` how many lanes `test` finds in the vectors from `pointer` to `end`; it leaves the mask of a vector. */
export const countLanes = (
  pointer: wasm.Local,
  end: wasm.Local,
  total: wasm.Local,
  test: wasm.Code,
): wasm.Code =>
  until(
    pointer,
    end,
    [pointer.get, v128.load(0), test, i32.popcnt, total.get, i32.add, total.set],
    advance(pointer, 16),
  );

/** zeros(bytes) → how many stored bytes are zero, of the first `bytes`, which is a multiple of 16. */
export const emitZeros = (from: number): wasm.WasmFunction =>
  wasm.defineFunction('zeros', { parameters: ['i32'], results: ['i32'] }, ([bytes], fresh) => {
    const [stored, end, zeros] = [fresh('i32'), fresh('i32'), fresh('i32')];
    return [
      [set(stored, from), setFrom(end, bytes, from)],
      countLanes(stored, end, zeros, [v128.zero, i8x16.eq, i8x16.bitmask]),
      zeros.get,
    ];
  });

/**
 * rowLists(stored, rows): for each example the inputs that are not zero, in ascending order, as entries (offset of
 * the input's row in a panel, stored · scale). `rowEnds` gets where each list ends.
 */
export const emitRowLists = (plan: ListPlan): wasm.WasmFunction =>
  wasm.defineFunction('rowLists', { parameters: ['i32', 'i32'] }, ([stored, rows], fresh) => {
    const { inputs } = plan;
    const [entry, list, ends, offset, rowEnd, byte] = Array.from({ length: 6 }, () => fresh('i32'));
    const scale = fresh('f32');
    const rest = inputs % 8;
    /** Writes an entry for every input, and moves on only from those that are not zero: no branch to guess. */
    const several = (count: number) =>
      Array.from({ length: count }, (_, i) => [
        [entry.get, offset.get, i32.const(i * PANEL_ROW), i32.add, i32.store(0)],
        [entry.get, stored.get, i32.load8u(i), byte.tee, f32.fromI32, scale.get, f32.mul, f32.store(4)],
        [entry.get, byte.get, i32.const(0), i32.ne, i32.const(3), i32.shl, i32.add, entry.set],
      ]);
    return [
      [i32.const(0), f32.load(settings.inputScale), scale.set],
      [set(list, plan.rowLists), set(ends, plan.rowEnds)],
      control.loop(
        [list.get, entry.set, set(offset, PANEL_ROW)],
        setFrom(rowEnd, stored, inputs - rest),
        inputs < 8
          ? []
          : until(
              stored,
              rowEnd,
              [stored.get, i64.load(0), i64.eqz, i32.eqz],
              control.if(several(8)),
              advance(stored, 8),
              advance(offset, 8 * PANEL_ROW),
            ),
        rest === 0 ? [] : [several(rest), advance(stored, rest)],
        [ends.get, entry.get, i32.store(0)],
        [advance(ends, 4), advance(list, plan.rowListBytes)],
        [rows.get, i32.const(1), i32.sub, rows.tee],
        control.brIf(0),
      ),
    ];
  });

/**
 * columnLists(rows): the same entries by input. `columns` gets one entry (offset of the input's row in a panel, end
 * of its list) for each input that some example has, in ascending order, and `columnsEnd` where these entries end;
 * the lists lie one after another, their entries (offset of the example's row of deltas, number) in the order of
 * the examples. The first list stands for the bias: all examples, each with 1.
 */
export const emitColumnLists = (plan: ListPlan): wasm.WasmFunction =>
  wasm.defineFunction('columnLists', { parameters: ['i32'] }, ([rows], fresh) => {
    const { layer, inputs, rowLists, rowListBytes, rowEnds } = plan;
    const { columns, columnsEnd, columnLists, cursors } = plan;
    const [cursor, column, entry, list, end, endsEnd] = Array.from({ length: 6 }, () => fresh('i32'));
    const [target, bytes, offset, delta] = Array.from({ length: 4 }, () => fresh('i32'));
    const deltaRow = 4 * layer.width;
    // an input's cursor is found from the offset of its row in a panel
    const toCursor = [i32.const(Math.log2(PANEL_ROW / 4)), i32.shrU, i32.const(cursors), i32.add, cursor.set];
    /** Runs `body` for each entry of each example's list. */
    const overEntries = (body: wasm.Code, perExample: wasm.Code = []) => [
      [set(list, rowLists), set(end, rowEnds)],
      until(
        end,
        endsEnd,
        [list.get, entry.set],
        whileTrue(
          [entry.get, end.get, i32.load(0), i32.ne],
          [entry.get, i32.load(0), toCursor, body, advance(entry, ENTRY)],
        ),
        perExample,
        [advance(list, rowListBytes), advance(end, 4)],
      ),
    ];
    /** First a cursor counts its list's bytes; the bias's, cursor 0, has an entry for each example. */
    const count = [
      set(cursor, cursors),
      until(
        cursor,
        cursors + 4 * (layer.depth + PANEL),
        [cursor.get, v128.zero, v128.store(0)],
        advance(cursor, 16),
      ),
      overEntries([cursor.get, cursor.get, i32.load(0), i32.const(ENTRY), i32.add, i32.store(0)]),
      [set(cursor, cursors), cursor.get, rows.get, i32.const(ENTRY), i32.mul, i32.store(0)],
    ];
    /** Then it becomes the start of its list. The column of an empty list is overwritten by the next. */
    const place = [
      [set(cursor, cursors), set(column, columns), set(target, columnLists), set(offset, 0)],
      until(
        cursor,
        cursors + 4 * (inputs + 1),
        [cursor.get, i32.load(0), bytes.set],
        [cursor.get, target.get, i32.store(0)],
        [target.get, bytes.get, i32.add, target.set],
        [column.get, offset.get, i32.store(0), column.get, target.get, i32.store(4)],
        [column.get, bytes.get, i32.const(0), i32.ne, i32.const(3), i32.shl, i32.add, column.set],
        [advance(cursor, 4), advance(offset, PANEL_ROW)],
      ),
      [i32.const(columnsEnd), column.get, i32.store(0)],
    ];
    /** At last it walks through the list, entry by entry. */
    const fill = [
      [set(delta, 0), set(column, columnLists)],
      overEntries(
        [
          [cursor.get, i32.load(0), target.tee, delta.get, i32.store(0)],
          [target.get, entry.get, f32.load(4), f32.store(4)],
          [cursor.get, target.get, i32.const(ENTRY), i32.add, i32.store(0)],
        ],
        [
          [column.get, delta.get, i32.store(0), column.get, f32.const(1), f32.store(4)],
          [advance(column, ENTRY), advance(delta, deltaRow)],
        ],
      ),
    ];
    return [
      [rows.get, i32.const(2), i32.shl, i32.const(rowEnds), i32.add, endsEnd.set],
      [count, place, fill],
    ];
  });
