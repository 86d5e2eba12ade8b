/** output = activation(bias + windows of the image × weights): the forward pass of a convolution. */
import { wasm } from '../../../numerics/index.js';
import { withNative, type Emitted } from './native-form.js';
import { endOf, PANEL, PANEL_ROW } from '../panels.js';
import {
  addTerm,
  newBlock,
  pointRows,
  rowBlocks,
  storeSum,
  withoutNegativeZero,
  type Block,
} from './blocks.js';
import { convConstants, outputBytes, pixelBytes, type ConvPlan } from './conv-plan.js';
import { panelConstants } from './dense-plan.js';
import { advance, set, setFrom, until } from './pointers.js';
const { control, v128 } = wasm;

/** Windows with at most so many numbers are straight code. */
const STRAIGHT = 40;

/**
 * forward(image, output): each output is its bias plus the products in ascending order of row, column and channel.
 * A kernel's row is contiguous in the image, so this is the dense kernel with a jump after each row.
 * @param positive keeps only what stands where the numbers at this distance from the output are positive
 */
export function emitConvForward(plan: ConvPlan, positive?: number): Emitted {
  const { panels, line, relu, step } = plan;
  // A kernel of one pixel sees the image as one long line.
  const whole = plan.kernel === 1 && step === 1 && !plan.image.hasBorder;
  const [down, across] = whole ? [1, plan.down * plan.across] : [plan.down, plan.across];
  const window = step * pixelBytes(plan);
  const emitted = wasm.defineFunction('forward', { parameters: ['i32', 'i32'] }, ([image, output], fresh) => {
    const [panel, nextPanel, weights, run] = Array.from({ length: 4 }, () => fresh('i32'));
    const [row, rowsEnd, pixel, blockEnd, out] = Array.from({ length: 5 }, () => fresh('i32'));
    const block = newBlock(fresh);
    const start = (count: number) =>
      block.sums
        .slice(0, count)
        .map((sums) => sums.map((sum, h) => [panel.get, v128.load(16 * h), withoutNegativeZero, sum.set]));
    const finish = (count: number) =>
      block.sums
        .slice(0, count)
        .map((sums, r) =>
          sums.map((sum, h) => storeSum(out, sum, r * outputBytes(plan) + 16 * h, { relu, positive })),
        );
    const sums = windowSums(plan, block, weights, nextPanel, run);
    let done = 0;
    const blocks = rowBlocks(across).map(({ size, count }) => {
      done += size * count;
      return [
        setFrom(blockEnd, row, done * window),
        until(
          pixel,
          blockEnd,
          start(size),
          setFrom(weights, panel, PANEL_ROW),
          pointRows(block, size, pixel, window),
          sums(size),
          finish(size),
          [advance(pixel, size * window), advance(out, size * outputBytes(plan))],
        ),
      ];
    });
    return [
      [set(panel, panels.panels), setFrom(rowsEnd, image, down * step * line)],
      until(
        panel,
        endOf(panels),
        [setFrom(nextPanel, panel, panels.panelBytes), image.get, row.set, output.get, out.set],
        until(row, rowsEnd, [row.get, pixel.set], blocks, advance(row, step * line)),
        [advance(output, PANEL_ROW), nextPanel.get, panel.set],
      ),
    ];
  });
  return withNative(emitted, 'convForward', {
    ...convConstants(plan),
    ...panelConstants(panels),
    channels: plan.channels,
    ...{ down, across, relu },
    masked: positive !== undefined,
    positive: positive ?? 0,
  });
}

/** Adds the products of a whole window for the first `count` rows of the block. */
function windowSums(
  { kernel, channels, stride, line }: ConvPlan,
  block: Block,
  weights: wasm.Local,
  nextPanel: wasm.Local,
  runEnd: wasm.Local,
) {
  const advanceRows = (count: number, bytes: number) =>
    block.rows.slice(0, count).map((row) => advance(row, bytes));
  /** So many numbers that follow one another. */
  const run = (count: number, numbers: number) => {
    const rest = numbers % PANEL;
    const terms = (length: number, exit: number) =>
      Array.from({ length }, (_, t) => addTerm(block, count, 4 * t, weights, PANEL_ROW * t, exit));
    return control.block(
      numbers < PANEL
        ? []
        : [
            setFrom(runEnd, weights, (numbers - rest) * PANEL_ROW),
            until(weights, runEnd, terms(PANEL, 1), [
              advanceRows(count, 4 * PANEL),
              advance(weights, PANEL_ROW * PANEL),
            ]),
          ],
      [terms(rest, 0), advanceRows(count, 4 * rest), advance(weights, PANEL_ROW * rest)],
    );
  };
  return (count: number): wasm.Code => {
    if (channels === stride && kernel * kernel * channels <= STRAIGHT) {
      return control.block(
        Array.from({ length: kernel * kernel * channels }, (_, t) => {
          const [row, inRow] = [Math.floor(t / (kernel * channels)), t % (kernel * channels)];
          return addTerm(block, count, row * line + 4 * inRow, weights, PANEL_ROW * t, 0);
        }),
      );
    }
    const oneRow =
      channels === stride
        ? run(count, kernel * channels)
        : Array.from({ length: kernel }, () => [
            run(count, channels),
            advanceRows(count, 4 * (stride - channels)),
            advance(weights, PANEL_ROW * (stride - channels)),
          ]);
    return until(weights, nextPanel, oneRow, advanceRows(count, line - 4 * kernel * stride));
  };
}
