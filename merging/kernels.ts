/**
 * The loops of merging as WebAssembly: scaled sums of vectors in float32, moments and distances in float64.
 * Lanes of the former are independent outputs; every sum of the latter runs in one documented order.
 */
import { wasm } from '../numerics/index.js';

const { assemble, control, f32, f32x4, f64, f64x2, i32, local, v128 } = wasm;

/** Addresses are in bytes and need no alignment; vectors of float32 end before `end`, of which the first has its own. */
export interface Kernels {
  /** out = p·a + q·b; products and sum are rounded to float32 one by one. `out` may be `a` or `b`. */
  combine(a: number, b: number, out: number, end: number, p: number, q: number): void;
  /** out = p·a + q, product and sum rounded to float32. With q = −0 it is p·a. */
  affine(a: number, out: number, end: number, p: number, q: number): void;
  /**
   * Stores Σ(a − shift) and Σ(a − shift)² as two float64 at `out`. Number i belongs to lane i mod 8, and each lane
   * adds up in ascending order; the last n mod 8 numbers form a ninth lane. The sum of the lanes is
   * ((0 + 2) + (4 + 6)) + ((1 + 3) + (5 + 7)) + ninth.
   */
  moments(a: number, end: number, shift: number, out: number): void;
  /** The bits of `moments` with shift 0, a quarter faster. */
  momentsAboutZero(a: number, end: number, shift: number, out: number): void;
  /** Σ(a − b)² in float64, lanes and their sum as in `moments`. */
  distance(a: number, b: number, end: number): number;
}

/** The kernels over `memory`, whether threads share it or not. */
export function instantiateKernels(memory: WebAssembly.Memory): Kernels {
  const shared = memory.buffer instanceof SharedArrayBuffer;
  const module = new WebAssembly.Module(
    assemble(
      [
        emitCombine(),
        emitAffine(),
        emitMoments('moments', true),
        emitMoments('momentsAboutZero', false),
        emitDistance(),
      ],
      shared,
    ),
  );
  return new WebAssembly.Instance(module, { host: { memory } }).exports as unknown as Kernels;
}

/** The same float32 arithmetic four numbers at a time and one at a time. */
const quad = { bytes: 16, load: v128.load, store: v128.store, add: f32x4.add, mul: f32x4.mul };
const single = { bytes: 4, load: f32.load, store: f32.store, add: f32.add, mul: f32.mul };
type Width = typeof quad | typeof single;

/** Repeats `body` while a whole turn of `bytes` fits before `end`; all pointers advance by it. */
const loop = (pointers: readonly number[], end: number, bytes: number, body: wasm.Code): wasm.Code =>
  control.block(
    control.loop(
      [local.get(end), local.get(pointers[0]), i32.sub, i32.const(bytes), i32.ltS, control.brIf(1)],
      body,
      pointers.map((pointer) => [local.get(pointer), i32.const(bytes), i32.add, local.set(pointer)]),
      control.br(0),
    ),
  );

/** Sixteen numbers a turn, then the rest one by one. */
const elementwise = (
  pointers: readonly number[],
  end: number,
  body: (width: Width, at: number) => wasm.Code,
): wasm.Code => [
  loop(
    pointers,
    end,
    4 * quad.bytes,
    [0, 1, 2, 3].map((vector) => body(quad, vector * quad.bytes)),
  ),
  loop(pointers, end, single.bytes, body(single, 0)),
];

const splat = (value: number, into: number) => [local.get(value), f32x4.splat, local.set(into)];

function emitCombine(): wasm.WasmFunction {
  const [a, b, out, end, p, q, ps, qs] = [0, 1, 2, 3, 4, 5, 6, 7];
  return {
    name: 'combine',
    parameters: ['i32', 'i32', 'i32', 'i32', 'f32', 'f32'],
    locals: ['v128', 'v128'],
    body: [
      [splat(p, ps), splat(q, qs)],
      elementwise([a, b, out], end, (width, at) => [
        local.get(out),
        [local.get(a), width.load(at), local.get(width === quad ? ps : p), width.mul],
        [local.get(b), width.load(at), local.get(width === quad ? qs : q), width.mul],
        [width.add, width.store(at)],
      ]),
    ],
  };
}

function emitAffine(): wasm.WasmFunction {
  const [a, out, end, p, q, ps, qs] = [0, 1, 2, 3, 4, 5, 6];
  return {
    name: 'affine',
    parameters: ['i32', 'i32', 'i32', 'f32', 'f32'],
    locals: ['v128', 'v128'],
    body: [
      [splat(p, ps), splat(q, qs)],
      elementwise([a, out], end, (width, at) => [
        [local.get(out), local.get(a), width.load(at), local.get(width === quad ? ps : p), width.mul],
        [local.get(width === quad ? qs : q), width.add, width.store(at)],
      ]),
    ],
  };
}

/** Two neighbouring float32 as float64. */
const promote = (pointer: number, pair: number) => [
  [local.get(pointer), v128.load64Zero(8 * pair), f64x2.promoteLowF32x4],
];
const pairs = [0, 1, 2, 3];

/** Eight lanes, two by two in four locals, and the ninth in a fifth, added up. */
const sumOfLanes = (lanes: readonly number[], scratch: number) => [
  [local.get(lanes[0]), local.get(lanes[1]), f64x2.add],
  [local.get(lanes[2]), local.get(lanes[3]), f64x2.add, f64x2.add],
  [local.tee(scratch), f64x2.extractLane(0), local.get(scratch), f64x2.extractLane(1), f64.add],
  [local.get(lanes[4]), f64.add],
];

function emitMoments(name: keyof Kernels, shifted: boolean): wasm.WasmFunction {
  const [a, end, shift, out, shifts, d, lastD] = [0, 1, 2, 3, 4, 5, 6];
  const sums = [7, 8, 9, 10, 11];
  const squares = [12, 13, 14, 15, 16];
  const lanes = ['v128', 'v128', 'v128', 'v128', 'f64'] as const;
  return {
    name,
    parameters: ['i32', 'i32', 'f64', 'i32'],
    locals: ['v128', 'v128', 'f64', ...lanes, ...lanes],
    body: [
      [local.get(shift), f64x2.splat, local.set(shifts)],
      loop(
        [a],
        end,
        32,
        pairs.map((pair) => [
          [promote(a, pair), shifted ? [local.get(shifts), f64x2.sub] : [], local.tee(d)],
          [local.get(sums[pair]), f64x2.add, local.set(sums[pair])],
          [local.get(d), local.get(d), f64x2.mul, local.get(squares[pair]), f64x2.add],
          local.set(squares[pair]),
        ]),
      ),
      loop([a], end, 4, [
        [local.get(a), f32.load(0), f64.fromF32, local.get(shift), f64.sub, local.tee(lastD)],
        [local.get(sums[4]), f64.add, local.set(sums[4])],
        [local.get(lastD), local.get(lastD), f64.mul, local.get(squares[4]), f64.add, local.set(squares[4])],
      ]),
      [local.get(out), sumOfLanes(sums, d), f64.store(0)],
      [local.get(out), sumOfLanes(squares, d), f64.store(8)],
    ],
  };
}

function emitDistance(): wasm.WasmFunction {
  const [a, b, end, d, lastD] = [0, 1, 2, 3, 4];
  const squares = [5, 6, 7, 8, 9];
  return {
    name: 'distance',
    parameters: ['i32', 'i32', 'i32'],
    results: ['f64'],
    locals: ['v128', 'f64', 'v128', 'v128', 'v128', 'v128', 'f64'],
    body: [
      loop(
        [a, b],
        end,
        32,
        pairs.map((pair) => [
          [promote(a, pair), promote(b, pair), f64x2.sub, local.tee(d), local.get(d), f64x2.mul],
          [local.get(squares[pair]), f64x2.add, local.set(squares[pair])],
        ]),
      ),
      loop([a, b], end, 4, [
        [local.get(a), f32.load(0), f64.fromF32, local.get(b), f32.load(0), f64.fromF32, f64.sub],
        [local.tee(lastD), local.get(lastD), f64.mul, local.get(squares[4]), f64.add, local.set(squares[4])],
      ]),
      sumOfLanes(squares, d),
    ],
  };
}
