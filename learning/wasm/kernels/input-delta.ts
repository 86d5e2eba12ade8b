/** inputDelta = (outputDelta × weightsᵀ) where the input was positive: one dense layer's step down. */
import { wasm } from '../../../numerics/index.js';
import { withNative, type Emitted } from './native-form.js';
import { PANEL, PANEL_ROW } from '../panels.js';
import { addProducts, newBlock, pointRows, rowBlocks, zero } from './blocks.js';
import { panelConstants, type DensePlan } from './dense-plan.js';
import { advance, set, until } from './pointers.js';
import { emitSquare } from './product.js';
const { f32x4, v128 } = wasm;

/**
 * inputDelta(): eight inputs at a time; their weights' rows are first transposed into a panel at `transposed`.
 * Products are added in ascending order of the unit. `reluBelow` says that the input went through a ReLU.
 */
export function emitInputDelta(
  layer: DensePlan,
  inputDelta: number,
  rows: number,
  transposed: number,
  reluBelow: boolean,
): Emitted {
  const { input, outputDelta } = layer;
  const native = { ...panelConstants(layer), input, outputDelta, inputDelta, rows, relu: reluBelow };
  const emitted = wasm.defineFunction('inputDelta', {}, (_, fresh) => {
    const [panel, weights, scratch, delta, input, column] = Array.from({ length: 6 }, () => fresh('i32'));
    const block = newBlock(fresh);
    const deltaRow = 4 * layer.width;
    const inputRow = 4 * layer.depth;
    const toDelta = inputDelta - layer.input;
    const finish = (blockRows: number) =>
      block.sums.slice(0, blockRows).map((row, r) =>
        row.map((sum, h) => {
          const at = r * inputRow + 16 * h;
          const mask = [column.get, v128.load(at), v128.zero, f32x4.gt, v128.and];
          return [column.get, sum.get, reluBelow ? mask : [], v128.store(toDelta + at)];
        }),
      );
    let rowsDone = 0;
    const blocks = rowBlocks(rows).map(({ size, count }) => {
      rowsDone += size * count;
      return until(
        delta,
        layer.outputDelta + rowsDone * deltaRow,
        zero(block, size),
        set(scratch, transposed),
        pointRows(block, size, delta, deltaRow),
        addProducts(block, size, scratch, transposed + layer.width * PANEL_ROW),
        finish(size),
        advance(delta, size * deltaRow),
        advance(column, size * inputRow),
      );
    });
    return [
      [set(panel, layer.panels + PANEL_ROW), set(input, layer.input)],
      until(
        input,
        layer.input + inputRow,
        [panel.get, weights.set],
        set(scratch, transposed),
        until(
          scratch,
          transposed + layer.width * PANEL_ROW,
          emitSquare(fresh, weights, scratch),
          advance(weights, layer.panelBytes),
          advance(scratch, PANEL * PANEL_ROW),
        ),
        set(delta, layer.outputDelta),
        [input.get, column.set],
        blocks,
        advance(panel, PANEL * PANEL_ROW),
        advance(input, PANEL_ROW),
      ),
    ];
  });
  return withNative(emitted, 'inputDelta', native);
}
