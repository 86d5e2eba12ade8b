/**
 * The gradient by a dense layer's weights, Σ over examples of input × outputDelta, and what becomes of it while
 * it sits in registers: an update of the weights, or an addition to the gradient's panels.
 */
import { wasm } from '../../../numerics/index.js';
import { sinkConstants, withNative, type Emitted } from './native-form.js';
import { PANEL_ROW } from '../panels.js';
import { settings, type Distance } from '../memory-map.js';
import { addTerm, newBlock, pointRows, rowBlocks } from './blocks.js';
import { panelConstants, type DensePlan } from './dense-plan.js';
import { advance, set, setFrom, settingVector, until } from './pointers.js';
import { emitUpdate, type UpdateRule } from './update.js';
const { control, f32x4, v128 } = wasm;

/** What becomes of a gradient. */
export type Sink = UpdateRule | 'accumulate';

/** Examples whose terms are straight code; with twice as many or more, it is the body of a loop. */
const TURN = 5;

/** gradient(): sums over the examples in ascending order, in float32. */
export function emitGradient(layer: DensePlan, distance: Distance, rows: number, sink: Sink): Emitted {
  const { input, outputDelta } = layer;
  const native = { ...panelConstants(layer), input, outputDelta, rows, ...sinkConstants(sink, distance) };
  const emitted = wasm.defineFunction('gradient', {}, (_, fresh) => {
    const [weights, input, column, delta, deltaEnd] = Array.from({ length: 5 }, () => fresh('i32'));
    const block = newBlock(fresh);
    const { start, finish } = emitSink(sink, distance, weights, [...block.pair, block.number]);
    const cells = (count: number) =>
      block.sums
        .slice(0, count)
        .flatMap((row, r) => row.map((sum, h) => ({ sum, offset: r * PANEL_ROW + 16 * h })));
    const inputRow = 4 * layer.depth;
    const deltaRow = 4 * layer.width;
    const looped = rows < 2 * TURN ? 0 : rows - (rows % TURN);

    /** The terms of all examples, one after another; `step` moves what else depends on the example. */
    const overExamples = (term: (example: number, exit: number) => wasm.Code, step: wasm.Code) => {
      const several = (count: number, exit: number) => Array.from({ length: count }, (_, i) => term(i, exit));
      return control.block(
        looped === 0
          ? []
          : [
              setFrom(deltaEnd, delta, looped * deltaRow),
              until(delta, deltaEnd, several(TURN, 1), step, advance(delta, TURN * deltaRow)),
            ],
        several(rows - looped, 0),
      );
    };

    const bias = overExamples(
      (example) =>
        block.sums[0].map((sum, h) => [
          [sum.get, delta.get, v128.load(example * deltaRow + 16 * h), f32x4.add, sum.set],
        ]),
      [],
    );
    let inputsDone = 0;
    const kernel = rowBlocks(layer.depth).map(({ size, count }) => {
      inputsDone += size * count;
      return until(
        input,
        layer.input + 4 * inputsDone,
        [column.get, delta.set],
        [start(cells(size)), pointRows(block, size, input, 4)],
        overExamples(
          (example, exit) => addTerm(block, size, example * inputRow, delta, example * deltaRow, exit),
          block.rows.slice(0, size).map((row) => advance(row, TURN * inputRow)),
        ),
        finish(cells(size)),
        advance(input, 4 * size),
        advance(weights, PANEL_ROW * size),
      );
    });
    return [
      [set(weights, layer.panels), set(column, layer.outputDelta)],
      until(
        column,
        layer.outputDelta + deltaRow,
        [column.get, delta.set],
        [start(cells(1)), bias, finish(cells(1))],
        advance(weights, PANEL_ROW),
        set(input, layer.input),
        kernel,
        advance(column, PANEL_ROW),
      ),
    ];
  });
  return withNative(emitted, 'gradient', native);
}

/** A sum in a register, and the offset of its weights from the sink's pointer. */
interface Cell {
  readonly sum: wasm.Local;
  readonly offset: number;
}

/** The beginning and the end of sums whose weights lie at offsets from `weights`. */
export function emitSink(
  sink: Sink,
  distance: Distance,
  weights: wasm.Local,
  [first, second, third]: readonly [wasm.Local, wasm.Local, wasm.Local],
) {
  if (sink === 'accumulate') {
    const at = distance.gradient;
    return {
      start: (cells: readonly Cell[]): wasm.Code =>
        cells.map(({ sum, offset }) => [weights.get, v128.load(at + offset), sum.set]),
      finish: (cells: readonly Cell[]): wasm.Code =>
        cells.map(({ sum, offset }) => [weights.get, sum.get, v128.store(at + offset)]),
    };
  }
  const registers = { weights: first, moment: second, rate: third };
  return {
    start: (cells: readonly Cell[]): wasm.Code => cells.map(({ sum }) => [v128.zero, sum.set]),
    finish: (cells: readonly Cell[]): wasm.Code => [
      [settingVector(settings.rate), registers.rate.set],
      cells.map(({ sum, offset }) => emitUpdate(sink, distance, registers, sum, weights, offset)),
    ],
  };
}
