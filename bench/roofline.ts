/**
 * The most that this processor can do in an instruction set, four numbers a vector in WebAssembly and what the native
 * kernels were compiled for: multiplications and additions in registers, and bytes read from memory; and how much of it
 * a large product of matrices reaches.
 */
import { wasm } from '../numerics/index.js';
import { nativeKernels, type KernelsChoice } from '../learning/host/index.js';
import { emitProduct } from '../learning/wasm/kernels/product.js';
import { advance, until } from '../learning/wasm/kernels/pointers.js';
import { Memory } from '../learning/wasm/memory.js';
import { withNative } from '../learning/wasm/kernels/native-form.js';
import { PANEL_ROW } from '../learning/wasm/panels.js';
const { control, f32x4, i32, v128 } = wasm;

export interface Roofline {
  readonly kernels: KernelsChoice;
  /** Thousand million multiplications and additions a second, each counted. */
  readonly peak: number;
  /** Thousand million bytes a second, from a region far larger than the caches. */
  readonly bandwidth: number;
  /** A product's, 512 × 512 with 64 rows, as a dense layer has. */
  readonly product: number;
}

/** As many sums as keep all units busy, and leave registers for the factors. */
const SUMS = 12;
const UNROLLED = 4;
const [factor, term, result] = [0, 32, 64];

/** arithmetic(turns): each sum becomes sum · factor + term, four times as often. */
const emitArithmetic = () =>
  withNative(
    wasm.defineFunction('arithmetic', { parameters: ['i32'] }, ([turns], fresh) => {
      const sums = Array.from({ length: SUMS }, () => fresh('v128'));
      const [x, y] = [fresh('v128'), fresh('v128')];
      const load = (at: number) => [i32.const(at), v128.load(0)];
      return [
        [load(factor), x.set, load(term), y.set],
        control.block(
          control.loop(
            // Several times, so that the loop itself costs nothing.
            Array.from({ length: UNROLLED }, (_, turn) =>
              sums.map((sum, i) => [
                [sum.get, x.get, f32x4.mul, y.get, f32x4.add, sum.set],
                // Never: see `addTerm` on what V8 does without.
                i % 2 === 0 ? [] : [turns.get, i32.const(-1 - i - SUMS * turn), i32.eq, control.brIf(1)],
              ]),
            ),
            [turns.get, i32.const(1), i32.sub, turns.tee, control.brIf(0)],
          ),
        ),
        sums.map((sum) => [i32.const(result), load(result), sum.get, f32x4.add, v128.store(0)]),
      ];
    }),
    'arithmetic',
    { factor, term, result },
  );

/** reading(from, to): the sums of all vectors. */
const emitReading = () =>
  withNative(
    wasm.defineFunction('reading', { parameters: ['i32', 'i32'] }, ([at, end], fresh) => {
      const sums = Array.from({ length: 8 }, () => fresh('v128'));
      return [
        until(
          at,
          end,
          sums.map((sum, i) => [sum.get, at.get, v128.load(16 * i), f32x4.add, sum.set]),
          advance(at, 128),
        ),
        sums.map((sum) => [
          i32.const(result),
          i32.const(result),
          v128.load(0),
          sum.get,
          f32x4.add,
          v128.store(0),
        ]),
      ];
    }),
    'reading',
    { result },
  );

const [TURNS, REGION, WIDTH, ROWS] = [2000, 2 ** 27, 512, 64];

export function roofline(kernels: KernelsChoice): Roofline {
  const memory = new Memory(nativeKernels(kernels));
  memory.reserve(REGION + 4096);
  memory.views.floats.fill(2 ** -10);
  const [arithmetic, reading, product] = memory.kernels('roofline', () => [
    emitArithmetic(),
    emitReading(),
    emitProduct({
      ...{ rows: ROWS, depth: WIDTH, columns: WIDTH, start: 'bias', relu: true },
      left: { row: 4 * WIDTH, column: 4 },
      right: { row: PANEL_ROW, panel: PANEL_ROW * (WIDTH + 1) },
      result: { row: 4 * WIDTH, panel: PANEL_ROW },
    }),
  ]);
  const lanes = kernels === 'native' ? 8 : 4;
  const [left, right, to] = [4096, 2 ** 20, 2 ** 23].map((at) => at + PANEL_ROW);
  return {
    kernels,
    peak: (2 * SUMS * UNROLLED * lanes * TURNS) / best(2000, () => arithmetic(TURNS)),
    bandwidth: REGION / best(20, () => reading(4096, 4096 + REGION)),
    product: (2 * ROWS * WIDTH * WIDTH) / best(500, () => product(left, right, to)),
  };
}

/** Nanoseconds of the best of so many calls: what disturbs the machine only makes them longer. */
function best(calls: number, call: () => void): number {
  let least = Infinity;
  for (let i = 0; i < calls; i++) {
    const start = performance.now();
    call();
    least = Math.min(least, performance.now() - start);
  }
  return 1e6 * least;
}
