/** output = activation(bias + input × weights): the forward pass of one dense layer. */
import { wasm } from '../../../numerics/index.js';
import { withNative, type Emitted } from './native-form.js';
import { PANEL, PANEL_ROW } from '../panels.js';
import { addProducts, newBlock, pointRows, rowBlocks, withoutNegativeZero } from './blocks.js';
import { panelConstants, type DensePlan } from './dense-plan.js';
import { advance, set, setFrom, until } from './pointers.js';
const { f32x4, v128 } = wasm;

/** forward(): each output is its bias plus the products in ascending order of the input, in float32. */
export function emitForward(layer: DensePlan, rows: number): Emitted {
  const { input, output, relu } = layer;
  const native = { ...panelConstants(layer), input, output, relu, rows };
  const emitted = wasm.defineFunction('forward', {}, (_, fresh) => {
    const [panel, weights, nextPanel, input, output, column] = Array.from({ length: 6 }, () => fresh('i32'));
    const block = newBlock(fresh);
    const inputRow = 4 * layer.depth;
    const outputRow = 4 * layer.width;
    const start = (blockRows: number) =>
      block.sums
        .slice(0, blockRows)
        .map((row) => row.map((sum, h) => [panel.get, v128.load(16 * h), withoutNegativeZero, sum.set]));
    const finish = (blockRows: number) =>
      block.sums
        .slice(0, blockRows)
        .map((row, r) =>
          row.map((sum, h) => [
            [output.get, sum.get, layer.relu ? [v128.zero, f32x4.pmax] : []],
            v128.store(r * outputRow + 16 * h),
          ]),
        );
    let rowsDone = 0;
    const blocks = rowBlocks(rows).map(({ size, count }) => {
      rowsDone += size * count;
      return until(
        input,
        layer.input + rowsDone * inputRow,
        start(size),
        setFrom(weights, panel, PANEL_ROW),
        pointRows(block, size, input, inputRow),
        addProducts(block, size, weights, nextPanel),
        finish(size),
        advance(input, size * inputRow),
        advance(output, size * outputRow),
      );
    });
    return [
      [set(panel, layer.panels), set(column, layer.output)],
      until(
        panel,
        layer.panels + (layer.panelBytes * layer.width) / PANEL,
        setFrom(nextPanel, panel, layer.panelBytes),
        set(input, layer.input),
        [column.get, output.set],
        blocks,
        advance(column, PANEL_ROW),
        [nextPanel.get, panel.set],
      ),
    ];
  });
  return withNative(emitted, 'forward', native);
}
