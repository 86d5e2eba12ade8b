/** Distillation: cross-entropy with the labels, and the divergence from a teacher's tempered softmax. */
import { expOfNonPositive, logOfPositive, wasm } from '../../../numerics/index.js';
import type { Distillation } from '../../objective.js';
import { settings, sums, type Distilled, type MemoryMap } from '../memory-map.js';
import { advance, set, until } from './pointers.js';
const { control, f32, f64, i32 } = wasm;

/**
 * With z, t less their largest, e = exp z, p = exp(z / T), q = exp(t / T), Q = q / Σ q, v = 1 − weight and u = weight:
 *   loss = v · (log Σ e − z_label) + u T² · (Σ Q (t / T − z / T) − log Σ q + log Σ p)
 *   delta = (v · (e / Σ e − one-hot) + u T · (p / Σ p − Q)) / batchSize
 */
export function emitDistillation(
  { values, deltas, channels, stride }: MemoryMap['logits'],
  { teacher, teacherExponentials, exponentials }: Distilled,
  { temperature, weight }: Distillation,
): wasm.WasmFunction[] {
  const [exp, log] = [control.call(0), control.call(1)];
  const row = 4 * stride;
  const classes = 4 * channels;
  // From a logit to the other numbers of its class.
  const toDelta = deltas - values;
  const toTeacher = teacher - values;
  const toQ = teacherExponentials - values;
  const toP = exponentials - values;
  const inverse = f32.const(1 / temperature);

  const loss = wasm.defineFunction('loss', { parameters: ['i32', 'i32'] }, ([rows, label], fresh) => {
    const [logit, end, ofLabelAt] = Array.from({ length: 3 }, () => fresh('i32'));
    const [largest, largestOfTeacher, sumE, sumP, sumQ, divergence, share] = Array.from({ length: 7 }, () =>
      fresh('f32'),
    );
    const rowStart = [end.get, i32.const(classes), i32.sub];
    const eachClass = (...body: wasm.Code[]) => [
      [rowStart, logit.set],
      until(logit, end, ...body, advance(logit, 4)),
    ];
    const at = (distance: number) => [logit.get, f32.load(distance)];
    const lessLargest = [at(0), largest.get, f32.sub];
    const addTo = (sum: wasm.Local, distance: number) => [sum.get, at(distance), f32.add, sum.set];
    return [
      set(end, values + classes),
      control.loop(
        [rowStart, logit.tee, f32.load(0), largest.set, at(toTeacher), largestOfTeacher.set],
        eachClass(
          [largest.get, at(0), f32.max, largest.set],
          [largestOfTeacher.get, at(toTeacher), f32.max, largestOfTeacher.set],
        ),
        [sumE, sumP, sumQ, divergence].map((sum) => [f32.const(0), sum.set]),
        eachClass(
          [logit.get, lessLargest, exp, f32.store(toDelta), addTo(sumE, toDelta)],
          [logit.get, lessLargest, inverse, f32.mul, exp, f32.store(toP), addTo(sumP, toP)],
          [logit.get, at(toTeacher), largestOfTeacher.get, f32.sub, inverse, f32.mul, f32.store(toTeacher)],
          [logit.get, at(toTeacher), exp, f32.store(toQ), addTo(sumQ, toQ)],
        ),
        [rowStart, label.get, i32.load(0), i32.const(2), i32.shl, i32.add, ofLabelAt.set],
        eachClass(
          [at(toQ), sumQ.get, f32.div, share.set],
          [divergence.get, share.get, at(toTeacher), lessLargest, inverse, f32.mul, f32.sub, f32.mul],
          [f32.add, divergence.set],
          [logit.get, f32.const(1 - weight)],
          [at(toDelta), sumE.get, f32.div, logit.get, ofLabelAt.get, i32.eq, f32.fromI32, f32.sub, f32.mul],
          [f32.const(weight * temperature), at(toP), sumP.get, f32.div, share.get, f32.sub, f32.mul, f32.add],
          [i32.const(0), f32.load(settings.batchSize), f32.div, f32.store(toDelta)],
        ),
        Array.from({ length: (row - classes) / 4 }, (_, i) => [
          [end.get, f32.const(0), f32.store(toDelta + 4 * i)],
        ]),
        [i32.const(0), i32.const(0), f64.load(sums.loss)],
        [
          f32.const(1 - weight),
          sumE.get,
          log,
          ofLabelAt.get,
          f32.load(0),
          largest.get,
          f32.sub,
          f32.sub,
          f32.mul,
        ],
        [f32.const(weight * temperature * temperature)],
        [divergence.get, sumQ.get, log, f32.sub, sumP.get, log, f32.add, f32.mul, f32.add],
        [f64.fromF32, f64.add, f64.store(sums.loss)],
        [advance(end, row), advance(label, 4)],
        [rows.get, i32.const(1), i32.sub, rows.tee],
        control.brIf(0),
      ),
    ];
  });
  return [expOfNonPositive, logOfPositive, loss];
}
