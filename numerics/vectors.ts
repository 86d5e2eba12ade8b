/** Loops over vectors as WebAssembly: several times as fast as in JavaScript, with the same bits. */
import { control, defineFunction, f32x4, i32, i32x4, v128, type Code, type Local } from './wasm-assembler.js';
import { WasmModule } from './wasm-module.js';

const PAGE = 65536;
/** Bytes that the kernels take at a time. */
const TURN = 16;

/** Goes on from an address to an end, a turn at a time. */
const sweep = (at: Local, end: Local, body: Code): Code =>
  control.block(
    control.loop(
      [at.get, end.get, i32.geU, control.brIf(1)],
      body,
      [at.get, i32.const(TURN), i32.add, at.set],
      control.br(0),
    ),
  );

/** a −= b up to the end of a, by addresses and in bytes. */
const difference = defineFunction('difference', { parameters: ['i32', 'i32', 'i32'] }, ([a, b, end]) =>
  sweep(a, end, [
    [a.get, a.get, v128.load(0), b.get, v128.load(0), f32x4.sub, v128.store(0)],
    [b.get, i32.const(TURN), i32.add, b.set],
  ]),
);

/** Four numbers of which one is the largest size, at the address `into`, as bits. */
const largest = defineFunction('largest', { parameters: ['i32', 'i32', 'i32'] }, ([a, into, end], fresh) => {
  const most = fresh('v128');
  // Without their signs floats are in the order of their bits, infinities and then NaNs last.
  const unsigned = [i32.const(0x7fffffff), i32x4.splat];
  return [
    sweep(a, end, [a.get, v128.load(0), unsigned, v128.and, most.get, i32x4.maxS, most.set]),
    [into.get, most.get, v128.store(0)],
  ];
});

const memory = new WebAssembly.Memory({ initial: 1 });
const vectorModule = new WasmModule([difference, largest]);
let kernels: ReturnType<typeof vectorModule.instantiate> | undefined;

const load = () => (kernels ??= vectorModule.instantiate(memory));

interface Placed {
  readonly numbers: Float32Array;
  readonly start: number;
  readonly end: number;
}

/** Copies of vectors one after another in the kernels' memory, with zeros up to the next multiple of a turn. */
function place(...vectors: readonly Float32Array[]): Placed[] {
  const sizes = vectors.map(({ byteLength }) => TURN * Math.ceil(byteLength / TURN));
  const missing = sizes.reduce((sum, size) => sum + size, 0) - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  let start = 0;
  return vectors.map((vector, i) => {
    const whole = new Float32Array(memory.buffer, start, sizes[i] / 4);
    whole.set(vector);
    whole.fill(0, vector.length);
    start += sizes[i];
    return { numbers: whole.subarray(0, vector.length), start: start - sizes[i], end: start };
  });
}

/**
 * a ← a − b, in place. A float32 difference is the float64 one rounded, so this is what a loop in JavaScript gives.
 * @throws RangeError where they are not of one length
 */
export function subtract(a: Float32Array<ArrayBuffer>, b: Float32Array): Float32Array<ArrayBuffer> {
  if (a.length !== b.length)
    throw new RangeError(`${b.length} numbers cannot be subtracted from ${a.length}`);
  const { difference } = load();
  const [left, right] = place(a, b);
  difference(left.start, right.start, left.end);
  a.set(left.numbers);
  return a;
}

/** The largest size of an entry, 0 where there is none; Infinity or NaN where one is not finite. */
export function largestSize(vector: Float32Array): number {
  const { largest } = load();
  const [all, four] = place(vector, new Float32Array(4));
  largest(all.start, four.start, all.end);
  return four.numbers.reduce(larger, 0);
}

const larger = (a: number, b: number) => (a >= b || Number.isNaN(a) ? a : b);
