/** A convolution's gradient and the derivatives by its image, over lists of output derivatives that are not zero. */
import { wasm } from '../../../numerics/index.js';
import { withNative, type Emitted, type NativeForm } from './native-form.js';
import {
  convConstants,
  filterBytes,
  pixelBytes,
  transposedLine,
  windowChunks,
  type ConvPlan,
  type Fresh,
  type WindowVector,
} from './conv-plan.js';
import type { ConvLists } from './conv-lists.js';
import { ENTRY } from './lists.js';
import { addProduct, advance, set, setFrom, until } from './pointers.js';
import { endOf, PANEL, PANEL_ROW } from '../panels.js';
const { control, i32, v128 } = wasm;

/**
 * target[vector] += Σ over the list's entries of number × source[vector], for the vectors of a window; a chunk at a
 * time, whose sums stay in registers. On the exits see `addTerm`.
 */
function addListed(
  plan: ConvPlan,
  fresh: Fresh,
  pointers: { list: wasm.Local; end: wasm.Local; target: wasm.Local; base: wasm.Code },
  inTarget: keyof WindowVector,
  inSource: keyof WindowVector,
): wasm.Code {
  const { list, end, target, base } = pointers;
  const [entry, source, number, vector] = [fresh('i32'), fresh('i32'), fresh('v128'), fresh('v128')];
  const chunks = windowChunks(plan);
  const sums = chunks[0].map(() => fresh('v128'));
  return chunks.map((chunk) => {
    const cells = chunk.map((where, i) => ({ sum: sums[i], where }));
    return [
      cells.map(({ sum, where }) => [target.get, v128.load(where[inTarget]), sum.set]),
      [list.get, entry.set],
      control.block(
        until(
          entry,
          end,
          [base, entry.get, i32.load(0), i32.add, source.set],
          [entry.get, v128.load32Splat(4), number.set],
          cells.map(({ sum, where }, i) => [
            [source.get, v128.load(where[inSource]), vector.set],
            addProduct(sum, number, vector),
            i % 4 === 3 ? [source.get, i32.const(2 * i + 1), i32.eq, control.brIf(1)] : [],
          ]),
          advance(entry, ENTRY),
        ),
      ),
      cells.map(({ sum, where }) => [target.get, sum.get, v128.store(where[inTarget])]),
    ];
  });
}

/** A native form works on vectors of eight, of which the lines of filters must be made. */
function inWholeVectors(
  plan: ConvPlan,
  kernel: string,
  constants: NativeForm['constants'],
  emitted: wasm.WasmFunction,
): Emitted {
  const filterLine = transposedLine(plan);
  if (filterLine % PANEL_ROW !== 0) return emitted;
  return withNative(emitted, kernel, { ...convConstants(plan), filterLine, ...constants });
}

/** gradient(image): adds an example's terms to the transposed gradient at `to`, window by window. */
export const emitConvGradient = (plan: ConvPlan, lists: ConvLists, to: number): Emitted =>
  inWholeVectors(
    plan,
    'convGradient',
    { units: plan.panels.units, ...lists, gradients: to },
    wasm.defineFunction('gradient', { parameters: ['i32'] }, ([image], fresh) => {
      const [list, end, endAt, target] = Array.from({ length: 4 }, () => fresh('i32'));
      return [
        [set(list, lists.byFilter), set(endAt, lists.filterEnds), set(target, to)],
        until(
          target,
          to + plan.panels.units * filterBytes(plan),
          [endAt.get, i32.load(0), end.tee, list.get, i32.ne],
          control.if(addListed(plan, fresh, { list, end, target, base: image.get }, 'inFilter', 'inImage')),
          [advance(list, lists.filterListBytes), advance(endAt, 4), advance(target, filterBytes(plan))],
        ),
      ];
    }),
  );

/** inputDelta(): adds to the image at `to`, border and all, window by window and filter by filter. */
export const emitConvInputDelta = (plan: ConvPlan, lists: ConvLists, weights: number, to: number): Emitted =>
  inWholeVectors(
    plan,
    'convInputDelta',
    { down: plan.down, across: plan.across, ...lists, filters: weights, borderedDelta: to },
    wasm.defineFunction('inputDelta', {}, (_, fresh) => {
      const { down, across, step, line } = plan;
      const [list, end, endAt, target, rowEnd] = Array.from({ length: 5 }, () => fresh('i32'));
      const window = step * pixelBytes(plan);
      return [
        [set(list, lists.byWindow), set(endAt, lists.windowEnds), set(target, to)],
        until(
          target,
          to + down * step * line,
          setFrom(rowEnd, target, across * window),
          until(
            target,
            rowEnd,
            [endAt.get, i32.load(0), end.tee, list.get, i32.ne],
            control.if(
              addListed(plan, fresh, { list, end, target, base: i32.const(weights) }, 'inImage', 'inFilter'),
            ),
            [end.get, list.set, advance(endAt, 4), advance(target, window)],
          ),
          advance(target, step * line - across * window),
        ),
      ];
    }),
  );

/** Between panels at a distance from the weights' and filters one after another at `at`. */
function emitTransfer(
  name: string,
  plan: ConvPlan,
  at: number,
  distance: number,
  copyRow: (panel: wasm.Local, row: wasm.Local, filter: number, vector: wasm.Local) => wasm.Code,
): wasm.WasmFunction {
  const { panels, kernel, stride } = plan;
  const filter = filterBytes(plan);
  return wasm.defineFunction(name, {}, (_, fresh) => {
    const [panel, row, rowEnd, first, panelEnd] = Array.from({ length: 5 }, () => fresh('i32'));
    const vector = fresh('v128');
    return [
      [set(panel, panels.panels + distance), set(first, at)],
      until(
        panel,
        endOf(panels) + distance,
        // past the biases
        [setFrom(panelEnd, panel, panels.panelBytes), advance(panel, PANEL_ROW), first.get, row.set],
        until(
          panel,
          panelEnd,
          setFrom(rowEnd, row, 4 * kernel * stride),
          until(row, rowEnd, copyRow(panel, row, filter, vector), [
            advance(panel, PANEL_ROW),
            advance(row, 4),
          ]),
          advance(row, transposedLine(plan) - 4 * kernel * stride),
        ),
        advance(first, PANEL * filter),
      ),
    ];
  });
}

const lanes = Array.from({ length: PANEL }, (_, i) => i);

/** transposed(): the panels' rows become the filters' columns. */
export const emitToFilters = (plan: ConvPlan, at: number, distance: number): wasm.WasmFunction =>
  emitTransfer('toFilters', plan, at, distance, (panel, row, filter) =>
    lanes.map((i) => [
      [row.get, panel.get, v128.load(16 * Math.floor(i / 4))],
      v128.store32Lane(i * filter, i % 4),
    ]),
  );

/** panels(): the filters' columns become the panels' rows. */
export const emitToPanels = (plan: ConvPlan, at: number, distance: number): wasm.WasmFunction =>
  emitTransfer('toPanels', plan, at, distance, (panel, row, filter, vector) =>
    [0, 1].map((half) => [
      lanes.slice(0, 4).map((lane) => [
        [row.get, vector.get],
        [v128.load32Lane((4 * half + lane) * filter, lane), vector.set],
      ]),
      [panel.get, vector.get, v128.store(16 * half)],
    ]),
  );
