/** Activations as layers of their own: number by number, over all examples of a pass. */
import { expVector, sigmoidVector, tanhVector, wasm } from '../../../numerics/index.js';
import type { ActivationLayer } from '../../layers/activation.js';
import type { Layout } from '../slots.js';
import { withNative, type Emitted } from './native-form.js';
import { advance, until } from './pointers.js';
const { control, f32, f32x4, i32, v128 } = wasm;

export type Curve = ActivationLayer['function'];

/** Indices of functions in the kernels' modules. */
const [SIGMOID, TANH] = [control.call(1), control.call(2)];
const shared = [expVector, sigmoidVector(0), tanhVector(0)];

const splat = (value: number) => [f32.const(value), f32x4.splat];
const times = (...code: wasm.Code[]) => [code, f32x4.mul];
const plus = (...code: wasm.Code[]) => [code, f32x4.add];

/** tanh(√(2/π) · (x + 0.044715 x³)): gelu(x) = x/2 · (1 + this). */
const geluTanh = (x: wasm.Local) => [
  [splat(Math.sqrt(2 / Math.PI)), x.get, splat(0.044715), times(x.get), times(x.get), times(x.get)],
  [f32x4.add, f32x4.mul, TANH],
];

const curves: { readonly [Kind in Curve]: (x: wasm.Local) => wasm.Code } = {
  relu: (x) => [x.get, v128.zero, f32x4.pmax],
  tanh: (x) => [x.get, TANH],
  sigmoid: (x) => [x.get, SIGMOID],
  gelu: (x) => [splat(0.5), times(x.get), splat(1), plus(geluTanh(x)), f32x4.mul],
};

/** The derivative, from the input x and the output y. A ReLU's is left out of derivatives already. */
const derivatives: {
  readonly [Kind in Exclude<Curve, 'relu'>]: (x: wasm.Local, y: wasm.Local) => wasm.Code;
} = {
  tanh: (_, y) => [splat(1), y.get, times(y.get), f32x4.sub],
  sigmoid: (_, y) => [y.get, splat(1), y.get, f32x4.sub, f32x4.mul],
  // ½ (1 + t) + x/2 · (1 − t²) · √(2/π) (1 + 3 · 0.044715 x²)
  gelu: (x, t) => [
    [geluTanh(x), t.set, splat(0.5), times(splat(1), plus(t.get))],
    [splat(0.5), times(x.get), times([splat(1), t.get, times(t.get), f32x4.sub])],
    [
      splat(Math.sqrt(2 / Math.PI)),
      splat(3 * 0.044715),
      times(x.get),
      times(x.get),
      plus(splat(1)),
      f32x4.mul,
    ],
    [f32x4.mul, f32x4.add],
  ],
};

/** Their numbers in native kernels. */
const numbers: readonly Curve[] = ['relu', 'tanh', 'sigmoid', 'gelu'];

/** forward(from, to): the numbers from `from` up to `to`; outputs lie `toOutput` bytes further. The last function. */
export const emitCurve = (curve: Curve, toOutput: number): Emitted[] => [
  ...shared,
  withNative(
    wasm.defineFunction('curve', { parameters: ['i32', 'i32'] }, ([at, end], fresh) => {
      const x = fresh('v128');
      return until(
        at,
        end,
        [at.get, v128.load(0), x.set],
        [at.get, i32.const(toOutput), i32.add, curves[curve](x), v128.store(0)],
        advance(at, 16),
      );
    }),
    'curve',
    { curve: numbers.indexOf(curve), toOutput },
  ),
];

/** backward(from, to): the derivatives by the inputs; `reluBelow` says that these went through a ReLU. */
export const emitCurveBackward = (
  curve: Curve,
  {
    output,
    delta,
    outputDelta,
  }: { readonly output: number; readonly delta: number; readonly outputDelta: number },
  reluBelow: boolean,
): Emitted[] => [
  ...shared,
  withNative(
    wasm.defineFunction('curveBackward', { parameters: ['i32', 'i32'] }, ([at, end], fresh) => {
      const [x, y] = [fresh('v128'), fresh('v128')];
      const load = (distance: number) => [at.get, i32.const(distance), i32.add, v128.load(0)];
      return until(
        at,
        end,
        [load(0), x.set, load(output), y.set],
        [at.get, i32.const(delta), i32.add, load(outputDelta)],
        curve === 'relu' ? [] : [derivatives[curve](x, y), f32x4.mul],
        reluBelow ? [x.get, v128.zero, f32x4.gt, v128.and] : [],
        v128.store(0),
        advance(at, 16),
      );
    }),
    'curveBackward',
    { curve: numbers.indexOf(curve), output, delta, outputDelta, relu: reluBelow },
  ),
];

/** clear(from, to): zeros in what pads the positions' channels. */
export const emitClearPadding = ({ channels, stride }: Layout): wasm.WasmFunction =>
  wasm.defineFunction('clearPadding', { parameters: ['i32', 'i32'] }, ([at, end]) =>
    until(
      at,
      end,
      Array.from({ length: stride - channels }, (_, i) => [
        [at.get, f32.const(0), f32.store(4 * (channels + i))],
      ]),
      advance(at, 4 * stride),
    ),
  );
