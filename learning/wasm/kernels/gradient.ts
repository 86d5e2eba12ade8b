/**
 * The gradient by a dense layer's weights, Σ over examples of input × outputDelta, and what becomes of it while
 * it sits in registers: an update of the weights, or an addition to the gradient's panels.
 */
import { wasm } from '../../../numerics/index.js';
import { PANEL_ROW, settings, type DensePlan, type Plan } from '../plan.js';
import { addTerm, newBlock, pointRows, rowBlocks, zero, type Block } from './blocks.js';
import { advance, set, setFrom, settingVector, until } from './pointers.js';
import { emitUpdate, type UpdateRule } from './update.js';
const { control, f32x4, v128 } = wasm;

/** What becomes of a gradient. */
export type Sink = UpdateRule | 'accumulate';

/** Examples whose terms are straight code; with twice as many or more, it is the body of a loop. */
const TURN = 5;

/** gradient(): sums over the examples in ascending order, in float32. */
export function emitGradient(
  layer: DensePlan,
  distance: Plan['distance'],
  rows: number,
  sink: Sink,
): wasm.WasmFunction {
  return wasm.defineFunction('gradient', {}, (_, fresh) => {
    const [weights, input, column, delta, deltaEnd] = Array.from({ length: 5 }, () => fresh('i32'));
    const block = newBlock(fresh);
    const { start, finish } = emitSink(sink, distance, block, weights);
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
    const kernel = rowBlocks(layer.depth).map(({ rows: blockRows, count }) => {
      inputsDone += blockRows * count;
      return until(
        input,
        layer.input + 4 * inputsDone,
        [column.get, delta.set],
        [start(blockRows), pointRows(block, blockRows, input, 4)],
        overExamples(
          (example, exit) => addTerm(block, blockRows, example * inputRow, delta, example * deltaRow, exit),
          block.rows.slice(0, blockRows).map((row) => advance(row, TURN * inputRow)),
        ),
        finish(blockRows),
        advance(input, 4 * blockRows),
        advance(weights, PANEL_ROW * blockRows),
      );
    });
    return [
      [set(weights, layer.panels), set(column, layer.outputDelta)],
      until(
        column,
        layer.outputDelta + deltaRow,
        [column.get, delta.set],
        [start(1), bias, finish(1)],
        advance(weights, PANEL_ROW),
        set(input, layer.input),
        kernel,
        advance(column, PANEL_ROW),
      ),
    ];
  });
}

/** The beginning and the end of a block's sums whose rows belong to the panel rows from `weights` on. */
function emitSink(sink: Sink, distance: Plan['distance'], block: Block, weights: wasm.Local) {
  const each = (rows: number, code: (sum: wasm.Local, offset: number) => wasm.Code): wasm.Code =>
    block.sums.slice(0, rows).map((row, r) => row.map((sum, h) => code(sum, r * PANEL_ROW + 16 * h)));
  if (sink === 'accumulate') {
    const at = distance.gradient;
    return {
      start: (rows: number) => each(rows, (sum, offset) => [weights.get, v128.load(at + offset), sum.set]),
      finish: (rows: number) => each(rows, (sum, offset) => [weights.get, sum.get, v128.store(at + offset)]),
    };
  }
  const registers = { weights: block.pair[0], velocity: block.pair[1], rate: block.number };
  return {
    start: (rows: number) => zero(block, rows),
    finish: (rows: number) => [
      [settingVector(settings.rate), registers.rate.set],
      each(rows, (sum, offset) => emitUpdate(sink, distance, registers, sum, weights, offset)),
    ],
  };
}
