/** Kernels of linear combinations whose sums are float64. */
import { wasm } from '../numerics/index.js';
import { loop } from './kernel-loops.js';

const { defineFunction, f32, f64, f64x2, i32, v128 } = wasm;

/** Goes through the vector and its sums, four numbers at a time and then one by one. */
const sweep = (
  values: wasm.Local,
  sums: wasm.Local,
  end: wasm.Local,
  four: wasm.Code,
  one: wasm.Code,
): wasm.Code => [
  loop([values], end, 16, [four, [sums.get, i32.const(32), i32.add, sums.set]]),
  loop([values], end, 4, [one, [sums.get, i32.const(8), i32.add, sums.set]]),
];

export const accumulate = defineFunction(
  'accumulate',
  { parameters: ['i32', 'i32', 'i32', 'f64'] },
  ([values, sums, end, factor], fresh) => {
    const factors = fresh('v128');
    return [
      [factor.get, f64x2.splat, factors.set],
      sweep(
        values,
        sums,
        end,
        [0, 1].map((pair) => [
          [sums.get, sums.get, v128.load(16 * pair)],
          [values.get, v128.load64Zero(8 * pair), f64x2.promoteLowF32x4, factors.get, f64x2.mul],
          [f64x2.add, v128.store(16 * pair)],
        ]),
        [
          [sums.get, sums.get, f64.load(0)],
          [values.get, f32.load(0), f64.fromF32, factor.get, f64.mul, f64.add, f64.store(0)],
        ],
      ),
    ];
  },
);

export const rounded = defineFunction(
  'rounded',
  { parameters: ['i32', 'i32', 'i32'] },
  ([values, sums, end]) =>
    sweep(
      values,
      sums,
      end,
      [0, 1, 2, 3].map((i) => [values.get, sums.get, f64.load(8 * i), f32.fromF64, f32.store(4 * i)]),
      [values.get, sums.get, f64.load(0), f32.fromF64, f32.store(0)],
    ),
);
