/**
 * Lists of a convolution's output derivatives that are not zero: behind a ReLU and a pooling layer most of them
 * are. Terms of zero are left out of sums that start at +0, which changes no bit while everything is finite.
 */
import { wasm } from '../../../numerics/index.js';
import { endOf, PANEL, PANEL_ROW } from '../panels.js';
import type { Distance } from '../memory-map.js';
import { filterBytes, outputBytes, pixelBytes, type ConvPlan } from './conv-plan.js';
import { countLanes, ENTRY } from './lists.js';
import { advance, set, setFrom, until } from './pointers.js';
const { f32, f32x4, i32, i32x4, v128 } = wasm;

/** Where the lists of one example lie. */
export interface ConvLists {
  /** Of each filter its windows: entries (offset of the window in the image, derivative). */
  readonly byFilter: number;
  /** From one filter's list to the next one's. */
  readonly filterListBytes: number;
  readonly filterEnds: number;
  /** Of each window its filters, list after list: entries (offset of the transposed filter, derivative). */
  readonly byWindow: number;
  readonly windowEnds: number;
}

/**
 * An entry for the number at `pointer` + `at`; `list` moves on only where it is not zero, so that there is no
 * branch to guess.
 */
const note = (list: wasm.Local, offset: wasm.Code, pointer: wasm.Local, at: number): wasm.Code => [
  [list.get, offset, i32.store(0), list.get, pointer.get, f32.load(at), f32.store(4)],
  [pointer.get, f32.load(at), f32.const(0), f32.ne, i32.const(Math.log2(ENTRY)), i32.shl],
  [list.get, i32.add, list.set],
];

/** filterLists(deltas): the lists by filter, in ascending order of the windows; adds to the bias's gradient. */
export const emitFilterLists = (plan: ConvPlan, lists: ConvLists, distance: Distance): wasm.WasmFunction =>
  wasm.defineFunction('filterLists', { parameters: ['i32'] }, ([deltas], fresh) => {
    const { panels, down, across, step, line } = plan;
    const [panel, pixel, offset, rowEnd, rowsEnd, ends] = Array.from({ length: 6 }, () => fresh('i32'));
    const [start, next] = [fresh('i32'), Array.from({ length: PANEL }, () => fresh('i32'))];
    const bias = [fresh('v128'), fresh('v128')];
    const window = step * pixelBytes(plan);
    const gradient = distance.gradient;
    return [
      [set(panel, panels.panels), set(start, lists.byFilter), set(ends, lists.filterEnds)],
      until(
        panel,
        endOf(panels),
        next.map((list, i) => setFrom(list, start, i * lists.filterListBytes)),
        bias.map((sum, h) => [panel.get, v128.load(gradient + 16 * h), sum.set]),
        [deltas.get, pixel.set, set(offset, 0), set(rowsEnd, down * step * line)],
        until(
          offset,
          rowsEnd,
          setFrom(rowEnd, offset, across * window),
          until(
            offset,
            rowEnd,
            next.map((list, i) => note(list, offset.get, pixel, 4 * i)),
            bias.map((sum, h) => [sum.get, pixel.get, v128.load(16 * h), f32x4.add, sum.set]),
            [advance(pixel, outputBytes(plan)), advance(offset, window)],
          ),
          advance(offset, step * line - across * window),
        ),
        next.map((list, i) => [ends.get, list.get, i32.store(4 * i)]),
        bias.map((sum, h) => [panel.get, sum.get, v128.store(gradient + 16 * h)]),
        [advance(panel, panels.panelBytes), advance(deltas, PANEL_ROW)],
        [advance(ends, 4 * PANEL), advance(start, PANEL * lists.filterListBytes)],
      ),
    ];
  });

/** others(from) → how many of so many numbers are not zero; their number is a multiple of four. */
export const emitOthers = (numbers: number): wasm.WasmFunction =>
  wasm.defineFunction('others', { parameters: ['i32'], results: ['i32'] }, ([from], fresh) => {
    const [end, others] = [fresh('i32'), fresh('i32')];
    return [
      setFrom(end, from, 4 * numbers),
      countLanes(from, end, others, [v128.zero, f32x4.ne, i32x4.bitmask]),
      others.get,
    ];
  });

/** windowLists(deltas): the lists by window, in ascending order of the filters. */
export const emitWindowLists = (plan: ConvPlan, lists: ConvLists): wasm.WasmFunction =>
  wasm.defineFunction('windowLists', { parameters: ['i32'] }, ([delta], fresh) => {
    const { panels, down, across } = plan;
    const [list, end, offset, row] = Array.from({ length: 4 }, () => fresh('i32'));
    const filter = filterBytes(plan);
    return [
      [set(list, lists.byWindow), set(end, lists.windowEnds)],
      until(
        end,
        lists.windowEnds + 4 * down * across,
        [set(offset, 0), delta.get, row.set],
        until(
          offset,
          panels.width * filter,
          Array.from({ length: PANEL }, (_, i) =>
            note(list, [offset.get, i32.const(i * filter), i32.add], row, 4 * i),
          ),
          [advance(offset, PANEL * filter), advance(row, PANEL_ROW)],
        ),
        [end.get, list.get, i32.store(0)],
        [advance(end, 4), advance(delta, outputBytes(plan))],
      ),
    ];
  });
