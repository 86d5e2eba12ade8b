/**
 * The gradient by a dense layer's weights, Σ over examples of input × outputDelta, and what becomes of it while
 * it sits in registers: an update of the weights, or an addition to the gradient's panels.
 */
import { wasm } from '../../../numerics/index.js';
import { PANEL_ROW, type DensePlan, type Plan } from '../plan.js';
import { addTerm, newBlock, rowBlocks, zero, type Block } from './blocks.js';
import { advance, set, until } from './pointers.js';
import { emitUpdate, type UpdateRule } from './update.js';
const { f32x4, v128 } = wasm;

/** What becomes of a gradient. */
export type Sink = UpdateRule | 'accumulate';

/** gradient(): sums over the examples in ascending order, in float32. */
export function emitGradient(
  layer: DensePlan,
  distance: Plan['distance'],
  rows: number,
  sink: Sink,
): wasm.WasmFunction {
  return wasm.defineFunction('gradient', {}, (_, fresh) => {
    const [weights, input, delta] = Array.from({ length: 3 }, () => fresh('i32'));
    const block = newBlock(fresh);
    const { start, finish } = emitSink(sink, distance, block, weights);
    const inputRow = 4 * layer.depth;
    const deltaRow = 4 * layer.width;
    const examples = Array.from({ length: rows }, (_, example) => example);
    let inputsDone = 0;
    const blocks = rowBlocks(layer.depth).map(({ rows: blockRows, count }) => {
      inputsDone += blockRows * count;
      return until(
        input,
        layer.input + 4 * inputsDone,
        start(blockRows),
        examples.map((example) =>
          addTerm(
            block,
            blockRows,
            { pointer: input, rowBytes: 4, offset: example * inputRow },
            { pointer: delta, offset: example * deltaRow },
          ),
        ),
        finish(blockRows),
        advance(input, 4 * blockRows),
        advance(weights, PANEL_ROW * blockRows),
      );
    });
    const bias = block.sums[0].map((sum, h) =>
      examples.map((example) => [
        [sum.get, delta.get, v128.load(example * deltaRow + 16 * h), f32x4.add, sum.set],
      ]),
    );
    return [
      [set(weights, layer.panels), set(delta, layer.outputDelta)],
      until(
        delta,
        layer.outputDelta + deltaRow,
        [start(1), bias, finish(1)],
        advance(weights, PANEL_ROW),
        set(input, layer.input),
        blocks,
        advance(delta, PANEL_ROW),
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
  const registers = { weights: block.pair[0], velocity: block.pair[1] };
  return {
    start: (rows: number) => zero(block, rows),
    finish: (rows: number) =>
      each(rows, (sum, offset) => emitUpdate(sink, distance, registers, sum, weights, offset)),
  };
}
