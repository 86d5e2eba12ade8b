/**
 * exp and log in float32 with the same bits everywhere, as code for kernels: Math.exp and Math.log are left to
 * each JavaScript engine. Polynomials of Cephes' expf and logf (Moshier); relative error below 2e-7.
 */
import {
  control,
  defineFunction,
  f32,
  i32,
  type Code,
  type Local,
  type WasmFunction,
} from './wasm-assembler.js';

const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;
const EXP = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
];
const LOG = [
  ...[7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1],
  ...[-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1],
];

/** Horner's scheme, highest power first. */
const polynomial = (x: Local, [first, ...rest]: readonly number[]): Code => [
  f32.const(first),
  rest.map((coefficient) => [x.get, f32.mul, f32.const(coefficient), f32.add]),
];

/** exp(x) for x ≤ 0; 0 where the result would be subnormal, NaN for NaN. */
export const expOfNonPositive: WasmFunction = defineFunction(
  'exp',
  { parameters: ['f32'], results: ['f32'] },
  ([x], fresh) => {
    const [power, square] = [fresh('f32'), fresh('f32')];
    return [
      [x.get, f32.const(-87), f32.lt],
      control.if([f32.const(0), control.return]),
      [x.get, f32.const(Math.LOG2E), f32.mul, f32.const(0.5), f32.add, f32.floor, power.set],
      [x.get, power.get, f32.const(LN2_HIGH), f32.mul, f32.sub],
      [power.get, f32.const(LN2_LOW), f32.mul, f32.sub, x.tee, x.get, f32.mul, square.set],
      [polynomial(x, EXP), square.get, f32.mul, x.get, f32.add, f32.const(1), f32.add],
      [power.get, i32.truncSaturatedF32, i32.const(127), i32.add, i32.const(23), i32.shl],
      [f32.reinterpretI32, f32.mul],
    ];
  },
);

/** log(x) for normal x > 0; NaN for NaN. */
export const logOfPositive: WasmFunction = defineFunction(
  'log',
  { parameters: ['f32'], results: ['f32'] },
  ([x], fresh) => {
    const [power, square, series] = [fresh('f32'), fresh('f32'), fresh('f32')];
    const bits = [x.get, i32.reinterpretF32];
    return [
      [x.get, x.get, f32.ne],
      control.if([x.get, control.return]),
      // x = mantissa · 2^power with mantissa in [√½, √2); then x becomes mantissa − 1
      [bits, i32.const(23), i32.shrU, i32.const(126), i32.sub, f32.fromI32, power.set],
      [bits, i32.const(0x807fffff | 0), i32.and, i32.const(0x3f000000), i32.or, f32.reinterpretI32, x.set],
      [x.get, f32.const(Math.SQRT1_2), f32.lt],
      control.if(
        [power.get, f32.const(1), f32.sub, power.set, x.get, x.get, f32.add, f32.const(1), f32.sub, x.set],
        [x.get, f32.const(1), f32.sub, x.set],
      ),
      [x.get, x.get, f32.mul, square.set],
      [polynomial(x, LOG), x.get, f32.mul, square.get, f32.mul],
      [power.get, f32.const(LN2_LOW), f32.mul, f32.add],
      [square.get, f32.const(-0.5), f32.mul, f32.add, series.set],
      [x.get, series.get, f32.add, power.get, f32.const(LN2_HIGH), f32.mul, f32.add],
    ];
  },
);
