/** How kernels walk over vectors. */
import { wasm } from '../numerics/index.js';

const { control, i32 } = wasm;

/** Repeats `body` while a whole turn of `bytes` fits before `end`; all pointers advance by it. */
export const loop = (
  pointers: readonly wasm.Local[],
  end: wasm.Local,
  bytes: number,
  body: wasm.Code,
): wasm.Code =>
  control.block(
    control.loop(
      [end.get, pointers[0].get, i32.sub, i32.const(bytes), i32.ltS, control.brIf(1)],
      body,
      pointers.map((pointer) => [pointer.get, i32.const(bytes), i32.add, pointer.set]),
      control.br(0),
    ),
  );
