/** Softmax cross-entropy, with label smoothing or without. */
import { expOfNonPositive, logOfPositive, wasm } from '../../../numerics/index.js';
import { settings, sums, type MemoryMap } from '../memory-map.js';
import type { LossOutput } from './loss-output.js';
import { advance, set, until } from './pointers.js';
const { control, f32, f64, i32 } = wasm;

/** The derivatives are (softmax − q) / batchSize, q the label's one-hot row or the smoothed one. */
export function emitCrossEntropy(
  { values, deltas, channels, stride }: MemoryMap['logits'],
  want: LossOutput,
  smoothing = 0,
): wasm.WasmFunction[] {
  const smooth = smoothing > 0;
  const [ofLabelShare, ofAnyShare] = [f32.const(1 - smoothing), f32.const(smoothing / channels)];
  const [exp, log] = [control.call(0), control.call(1)];
  const row = 4 * stride;
  const classes = 4 * channels;
  const toDelta = deltas - values;

  const loss = wasm.defineFunction('loss', { parameters: ['i32', 'i32'] }, ([rows, label], fresh) => {
    const [logit, end, best, ofLabelAt] = Array.from({ length: 4 }, () => fresh('i32'));
    const [largest, sum, ofLabel] = [fresh('f32'), fresh('f32'), fresh('f32')];
    const ofAll = smooth ? fresh('f32') : ofLabel;
    const rowStart = [end.get, i32.const(classes), i32.sub];
    const eachClass = (...body: wasm.Code[]) => [
      [rowStart, logit.set],
      until(logit, end, ...body, advance(logit, 4)),
    ];
    const atLogit = [logit.get, f32.load(0)];
    const findLargest = [
      [rowStart, best.tee, f32.load(0), largest.set],
      eachClass(
        [atLogit, largest.get, f32.gt, control.if([logit.get, best.set])],
        [largest.get, atLogit, f32.max, largest.set],
      ),
    ];
    const addExponentials = [
      [f32.const(0), sum.set],
      smooth ? [f32.const(0), ofAll.set] : [],
      eachClass(
        smooth ? [ofAll.get, atLogit, largest.get, f32.sub, f32.add, ofAll.set] : [],
        [logit.get, atLogit, largest.get, f32.sub, exp, f32.store(toDelta)],
        [sum.get, logit.get, f32.load(toDelta), f32.add, sum.set],
      ),
    ];
    /** Leaves `logit` at the label's. */
    const addLoss = [
      [rowStart, label.get, i32.load(0), i32.const(2), i32.shl, i32.add, logit.set],
      [atLogit, largest.get, f32.sub, ofLabel.set],
      [i32.const(0), i32.const(0), f64.load(sums.loss)],
      [sum.get, log, ofLabel.get],
      smooth ? [ofLabelShare, f32.mul, ofAll.get, ofAnyShare, f32.mul, f32.add] : [],
      [f32.sub, f64.fromF32, f64.add, f64.store(sums.loss)],
    ];
    const addHit = [
      [i32.const(0), i32.const(0), i32.load(sums.hits)],
      [logit.get, best.get, i32.eq, i32.add, i32.store(sums.hits)],
    ];
    const perExample = [i32.const(0), f32.load(settings.batchSize), f32.div, f32.store(toDelta)];
    const writeDelta = [
      [logit.get, ofLabelAt.set],
      eachClass(
        [logit.get, logit.get, f32.load(toDelta), sum.get, f32.div],
        [logit.get, ofLabelAt.get, i32.eq, f32.fromI32],
        smooth ? [ofLabelShare, f32.mul, ofAnyShare, f32.add] : [],
        [f32.sub, perExample],
      ),
      Array.from({ length: (row - classes) / 4 }, (_, i) => [
        [end.get, f32.const(0), f32.store(toDelta + 4 * i)],
      ]),
    ];
    return [
      set(end, values + classes),
      control.loop(
        findLargest,
        addExponentials,
        addLoss,
        want === 'delta' ? writeDelta : addHit,
        [advance(end, row), advance(label, 4)],
        [rows.get, i32.const(1), i32.sub, rows.tee],
        control.brIf(0),
      ),
    ];
  });
  return [expOfNonPositive, logOfPositive, loss];
}
