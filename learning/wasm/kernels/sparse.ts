/** The first layer's forward pass and gradient over lists of its inputs that are not zero. */
import { wasm } from '../../../numerics/index.js';
import { sinkConstants, withNative, type Emitted } from './native-form.js';
import { PANEL, PANEL_ROW } from '../panels.js';
import { panelConstants } from './dense-plan.js';
import type { Distance } from '../memory-map.js';
import { evenBlocks, withoutNegativeZero } from './blocks.js';
import { emitSink, type Sink } from './gradient.js';
import { ENTRY, type ListPlan } from './lists.js';
import { addProduct, advance, set, until, whileTrue } from './pointers.js';
const { control, f32x4, i32, v128 } = wasm;

/** Panels whose sums are in registers at a time. */
const FORWARD_PANELS = 4;
const GRADIENT_PANELS = 5;

/** A sum in a register, and which half of which panel's row it belongs to. */
interface Cell {
  readonly sum: wasm.Local;
  readonly panel: number;
  readonly half: number;
}

/** Two sums for each of so many panels. */
const newCells = (panels: number, fresh: (type: 'v128') => wasm.Local): Cell[] =>
  Array.from({ length: 2 * panels }, (_, i) => ({
    sum: fresh('v128'),
    panel: Math.floor(i / 2),
    half: i % 2,
  }));

/** sum += number × the vector at pointer + offset, for each cell; see `addTerm` on the exits, out of the loop around. */
const addNumber = (
  cells: readonly Cell[],
  number: wasm.Local,
  vector: wasm.Local,
  pointer: wasm.Local,
  panelBytes: number,
): wasm.Code =>
  cells.map(({ sum, panel, half }, i) => [
    [pointer.get, v128.load(panel * panelBytes + 16 * half), vector.set],
    addProduct(sum, number, vector),
    i % 4 === 3 ? [pointer.get, i32.const(2 * i + 1), i32.eq, control.brIf(1)] : [],
  ]);

/** forward(rows): as the dense one, from the row lists. */
export const emitSparseForward = (plan: ListPlan): Emitted =>
  withNative(
    wasm.defineFunction('sparseForward', { parameters: ['i32'] }, ([rows], fresh) => {
      const { layer, rowLists, rowListBytes, rowEnds } = plan;
      const [panel, column, output, list, entry, weights, end, endsEnd] = Array.from({ length: 8 }, () =>
        fresh('i32'),
      );
      const [number, vector] = [fresh('v128'), fresh('v128')];
      const cells = newCells(FORWARD_PANELS, fresh);
      let panelsDone = 0;
      const groups = evenBlocks(layer.width / PANEL, FORWARD_PANELS).map(({ size, count }) => {
        const group = cells.slice(0, 2 * size);
        panelsDone += size * count;
        return until(
          panel,
          layer.panels + panelsDone * layer.panelBytes,
          [column.get, output.set],
          [set(list, rowLists), set(end, rowEnds)],
          until(
            end,
            endsEnd,
            group.map(({ sum, panel: p, half }) => [
              [panel.get, v128.load(p * layer.panelBytes + 16 * half), withoutNegativeZero, sum.set],
            ]),
            [list.get, entry.set],
            whileTrue(
              [entry.get, end.get, i32.load(0), i32.ne],
              [panel.get, entry.get, i32.load(0), i32.add, weights.set],
              [entry.get, v128.load32Splat(4), number.set],
              addNumber(group, number, vector, weights, layer.panelBytes),
              advance(entry, ENTRY),
            ),
            group.map(({ sum, panel: p, half }) => [
              [output.get, sum.get, layer.relu ? [v128.zero, f32x4.pmax] : []],
              v128.store(p * PANEL_ROW + 16 * half),
            ]),
            [advance(output, 4 * layer.width), advance(list, rowListBytes), advance(end, 4)],
          ),
          [advance(panel, size * layer.panelBytes), advance(column, size * PANEL_ROW)],
        );
      });
      return [
        [rows.get, i32.const(2), i32.shl, i32.const(rowEnds), i32.add, endsEnd.set],
        [set(panel, layer.panels), set(column, layer.output)],
        groups,
      ];
    }),
    'sparseForward',
    {
      ...panelConstants(plan.layer),
      output: plan.layer.output,
      relu: plan.layer.relu,
      rowLists: plan.rowLists,
      rowListBytes: plan.rowListBytes,
      rowEnds: plan.rowEnds,
    },
  );

/**
 * gradient(): as the dense one, from the column lists. Weights of inputs that no example has are left alone: their
 * gradient is +0. So an updating sink must be one that then changes nothing, plain SGD.
 */
export const emitSparseGradient = (plan: ListPlan, distance: Distance, sink: Sink): Emitted =>
  withNative(
    wasm.defineFunction('sparseGradient', {}, (_, fresh) => {
      const { layer, columns, columnsEnd, columnLists } = plan;
      const [column, list, listEnd, entry, weights, delta, deltas, end] = Array.from({ length: 8 }, () =>
        fresh('i32'),
      );
      const [number, vector] = [fresh('v128'), fresh('v128')];
      const cells = newCells(GRADIENT_PANELS, fresh);
      const { start, finish } = emitSink(sink, distance, weights, [number, vector, fresh('v128')]);
      let panelsDone = 0;
      const groups = evenBlocks(layer.width / PANEL, GRADIENT_PANELS).map(({ size, count }) => {
        const group = cells.slice(0, 2 * size);
        const inWeights = group.map(({ sum, panel, half }) => ({
          sum,
          offset: panel * layer.panelBytes + 16 * half,
        }));
        panelsDone += size * count;
        return until(
          deltas,
          layer.outputDelta + panelsDone * PANEL_ROW,
          start(inWeights),
          [list.get, entry.set],
          control.block(
            until(
              entry,
              listEnd,
              [deltas.get, entry.get, i32.load(0), i32.add, delta.set],
              [entry.get, v128.load32Splat(4), number.set],
              addNumber(group, number, vector, delta, PANEL_ROW),
              advance(entry, ENTRY),
            ),
          ),
          finish(inWeights),
          [advance(deltas, size * PANEL_ROW), advance(weights, size * layer.panelBytes)],
        );
      });
      return [
        [i32.const(columnsEnd), i32.load(0), end.set],
        [set(column, columns), set(list, columnLists)],
        until(
          column,
          end,
          [column.get, i32.load(4), listEnd.set],
          [i32.const(layer.panels), column.get, i32.load(0), i32.add, weights.set],
          set(deltas, layer.outputDelta),
          groups,
          [listEnd.get, list.set],
          advance(column, 8),
        ),
      ];
    }),
    'sparseGradient',
    {
      ...panelConstants(plan.layer),
      outputDelta: plan.layer.outputDelta,
      columns: plan.columns,
      columnsEnd: plan.columnsEnd,
      columnLists: plan.columnLists,
      ...sinkConstants(sink, distance),
    },
  );
