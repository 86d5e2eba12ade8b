/** The mean squared difference between an example's logits and its label's one-hot row. */
import { expOfNonPositive, logOfPositive, wasm } from '../../../numerics/index.js';
import { settings, sums, type MemoryMap } from '../memory-map.js';
import type { LossOutput } from './loss-output.js';
import { advance, set, until } from './pointers.js';
const { control, f32, f64, i32 } = wasm;

/** With d = z − one-hot: the loss is Σ d² / classes, the derivatives are d · (2 / classes) / batchSize. */
export function emitSquaredError(
  { values, deltas, channels, stride }: MemoryMap['logits'],
  want: LossOutput,
): wasm.WasmFunction[] {
  const row = 4 * stride;
  const classes = 4 * channels;
  const toDelta = deltas - values;

  const loss = wasm.defineFunction('loss', { parameters: ['i32', 'i32'] }, ([rows, label], fresh) => {
    const [logit, end, best, ofLabel] = Array.from({ length: 4 }, () => fresh('i32'));
    const [difference, squares] = [fresh('f32'), fresh('f32')];
    const rowStart = [end.get, i32.const(classes), i32.sub];
    const atLogit = [logit.get, f32.load(0)];
    const writeDelta = [
      [logit.get, difference.get, f32.const(2 / channels), f32.mul],
      [i32.const(0), f32.load(settings.batchSize), f32.div, f32.store(toDelta)],
    ];
    const keepBest = [atLogit, best.get, f32.load(0), f32.gt, control.if([logit.get, best.set])];
    const padWithZeros = Array.from({ length: (row - classes) / 4 }, (_, i) => [
      [end.get, f32.const(0), f32.store(toDelta + 4 * i)],
    ]);
    const addHit = [
      [i32.const(0), i32.const(0), i32.load(sums.hits)],
      [ofLabel.get, best.get, i32.eq, i32.add, i32.store(sums.hits)],
    ];
    return [
      set(end, values + classes),
      control.loop(
        [rowStart, logit.tee, best.tee, label.get, i32.load(0), i32.const(2), i32.shl, i32.add, ofLabel.set],
        [f32.const(0), squares.set],
        until(
          logit,
          end,
          [atLogit, logit.get, ofLabel.get, i32.eq, f32.fromI32, f32.sub, difference.set],
          [squares.get, difference.get, difference.get, f32.mul, f32.add, squares.set],
          want === 'delta' ? writeDelta : keepBest,
          advance(logit, 4),
        ),
        [i32.const(0), i32.const(0), f64.load(sums.loss)],
        [squares.get, f32.const(channels), f32.div, f64.fromF32, f64.add, f64.store(sums.loss)],
        want === 'delta' ? padWithZeros : addHit,
        [advance(end, row), advance(label, 4)],
        [rows.get, i32.const(1), i32.sub, rows.tee],
        control.brIf(0),
      ),
    ];
  });
  return [expOfNonPositive, logOfPositive, loss];
}
