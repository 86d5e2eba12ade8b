/**
 * exp, log, tanh and the logistic function in float32 with the same bits everywhere, as code for kernels: Math.exp and Math.log are left to
 * each JavaScript engine. Polynomials of Cephes' expf, logf and tanhf (Moshier); relative error below 2e-7.
 */
import {
  control,
  defineFunction,
  f32,
  f32x4,
  i32,
  i32x4,
  v128,
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
export const expOfNonPositive: WasmFunction<'exp'> = defineFunction(
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
export const logOfPositive: WasmFunction<'log'> = defineFunction(
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

const splat = (value: number): Code => [f32.const(value), f32x4.splat];
const vectorPolynomial = (x: Local, [first, ...rest]: readonly number[]): Code => [
  splat(first),
  rest.map((coefficient) => [x.get, f32x4.mul, splat(coefficient), f32x4.add]),
];

/** exp of four numbers at once, each x ≤ 0, with the bits of `expOfNonPositive`. */
export const expVector: WasmFunction = defineFunction(
  'expVector',
  { parameters: ['v128'], results: ['v128'] },
  ([x], fresh) => {
    const [power, square, isZero] = [fresh('v128'), fresh('v128'), fresh('v128')];
    return [
      [x.get, splat(-87), f32x4.lt, isZero.set],
      [x.get, splat(Math.LOG2E), f32x4.mul, splat(0.5), f32x4.add, f32x4.floor, power.set],
      [x.get, power.get, splat(LN2_HIGH), f32x4.mul, f32x4.sub],
      [power.get, splat(LN2_LOW), f32x4.mul, f32x4.sub, x.tee, x.get, f32x4.mul, square.set],
      [vectorPolynomial(x, EXP), square.get, f32x4.mul, x.get, f32x4.add, splat(1), f32x4.add],
      [power.get, i32x4.truncSaturatedF32x4, i32.const(127), i32x4.splat, i32x4.add],
      [i32.const(23), i32x4.shl, f32x4.mul, isZero.get, v128.andNot],
    ];
  },
);

/** 1 / (1 + exp(−x)) of four numbers; `exp` is the index of `expVector` in the module. */
export const sigmoidVector = (exp: number): WasmFunction =>
  defineFunction('sigmoidVector', { parameters: ['v128'], results: ['v128'] }, ([x], fresh) => {
    const e = fresh('v128');
    return [
      [x.get, f32x4.abs, f32x4.neg, control.call(exp), e.set],
      [e.get, splat(1), x.get, v128.zero, f32x4.lt, v128.select],
      [splat(1), e.get, f32x4.add, f32x4.div],
    ];
  });

const TANH = [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1];

/** tanh of four numbers: a polynomial where |x| < 0.625, (1 − e) / (1 + e) with e = exp(−2|x|) elsewhere. */
export const tanhVector = (exp: number): WasmFunction =>
  defineFunction('tanhVector', { parameters: ['v128'], results: ['v128'] }, ([x], fresh) => {
    const [e, square] = [fresh('v128'), fresh('v128')];
    return [
      [x.get, x.get, f32x4.mul, square.set],
      [vectorPolynomial(square, TANH), square.get, f32x4.mul, x.get, f32x4.mul, x.get, f32x4.add],
      [x.get, f32x4.abs, splat(-2), f32x4.mul, control.call(exp), e.set],
      [splat(1), e.get, f32x4.sub, splat(1), e.get, f32x4.add, f32x4.div],
      // with the sign of x
      [x.get, splat(-0), v128.and, v128.or],
      [x.get, f32x4.abs, splat(0.625), f32x4.lt, v128.select],
    ];
  });
