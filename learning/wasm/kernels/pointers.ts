/** Small pieces of code that all kernels use: pointers that walk through memory, and loops over them. */
import { wasm } from '../../../numerics/index.js';
const { control, f32x4, i32, v128 } = wasm;

export const set = (pointer: wasm.Local, value: number): wasm.Code => [i32.const(value), pointer.set];

export const advance = (pointer: wasm.Local, bytes: number): wasm.Code =>
  bytes === 0 ? [] : [pointer.get, i32.const(bytes), i32.add, pointer.set];

/** target = pointer + bytes */
export const setFrom = (target: wasm.Local, pointer: wasm.Local, bytes: number): wasm.Code => [
  [pointer.get, i32.const(bytes), i32.add, target.set],
];

/** do { body } while (pointer != end); the body moves the pointer. */
export const until = (pointer: wasm.Local, end: wasm.Local | number, ...body: wasm.Code[]): wasm.Code =>
  control.loop(
    ...body,
    [pointer.get, typeof end === 'number' ? i32.const(end) : end.get, i32.ne],
    control.brIf(0),
  );

/** while (condition) { body } */
export const whileTrue = (condition: wasm.Code, ...body: wasm.Code[]): wasm.Code =>
  control.block(control.loop(condition, i32.eqz, control.brIf(1), ...body, control.br(0)));

/** sum += factor × other */
export const addProduct = (sum: wasm.Local, factor: wasm.Local, other: wasm.Local): wasm.Code => [
  [sum.get, factor.get, other.get, f32x4.mul, f32x4.add, sum.set],
];

/** A setting, read from memory into all four lanes. */
export const settingVector = (address: number): wasm.Code => [i32.const(0), v128.load32Splat(address)];

/** Where NaN came from and in which bits, WebAssembly leaves open; this is the one NaN that leaves the engine. */
export const canonical = (vector: wasm.Local): wasm.Code => [
  [vector.get, i32.const(0x7fc00000), wasm.i32x4.splat, vector.get, vector.get, f32x4.eq, v128.select],
];
