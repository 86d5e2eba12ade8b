/** The loops of exact sums as WebAssembly. */
import {
  control,
  defineFunction,
  f32,
  f64,
  f64x2,
  i32,
  i64,
  i64x2,
  v128,
  type Code,
  type Local,
} from './wasm-assembler.js';
import { WasmModule } from './wasm-module.js';

/** Addresses and ends are in bytes; values are float32, sums 64-bit integers. */
export interface ExactSumKernels {
  /** sums += round(value · factor), saturated. @returns the largest |term|, NaN where one is not a number */
  add(values: number, sums: number, end: number, factor: number): number;
  /**
   * The same for terms of at most 2⁵¹, several times as fast; larger ones leave the sums wrong. Infinite terms give NaN
   * as well. Takes a multiple of TURN.
   */
  addSmall(values: number, sums: number, end: number, factor: number): number;
  /** Takes back what `addSmall` added, whatever that was. */
  takeSmall(values: number, sums: number, end: number, factor: number): number;
  /** values = sums · scale / divisor, rounded to float32. */
  total(values: number, sums: number, end: number, scale: number, divisor: number): void;
}

/** Up to here `addSmall` is right. */
export const SMALL = 2 ** 51;

/** Values that `addSmall` takes at a time. */
export const TURN = 4;

/** A float64 t of at most 2⁵¹ in size plus this has t in its lower bits: their difference as integers is t. */
const MAGIC = 2 ** 52 + 2 ** 51;

/** Goes through values and sums until the end of the values, some at a time. */
const sweep = (values: Local, sums: Local, end: Local, count: number, body: Code): Code =>
  control.block(
    control.loop(
      [values.get, end.get, i32.geU, control.brIf(1)],
      body,
      [values.get, i32.const(4 * count), i32.add, values.set],
      [sums.get, i32.const(8 * count), i32.add, sums.set],
      control.br(0),
    ),
  );

const signature = { parameters: ['i32', 'i32', 'i32', 'f64'], results: ['f64'] } as const;

const add = defineFunction('add', signature, ([values, sums, end, factor], fresh) => {
  const [term, largest] = [fresh('f64'), fresh('f64')];
  return [
    sweep(values, sums, end, 1, [
      [values.get, f32.load(0), f64.fromF32, factor.get, f64.mul, f64.nearest],
      [term.tee, f64.abs, largest.get, f64.max, largest.set],
      [sums.get, sums.get, i64.load(0), term.get, i64.truncSaturatedF64, i64.add, i64.store(0)],
    ]),
    largest.get,
  ];
});

const emitSmall = <Name extends string>(name: Name, combine: Code) =>
  defineFunction(name, signature, ([values, sums, end, factor], fresh) => {
    const [factors, magic, terms] = [fresh('v128'), fresh('v128'), fresh('v128')];
    // pmax is one instruction, where max takes care of NaN by many; a term that is not
    // finite shows in the sum of all.
    const pairs = [0, 1].map((pair) => ({ pair, largest: fresh('v128'), sum: fresh('v128') }));
    const [all] = [fresh('v128')];
    const [one, other] = pairs;
    return [
      [factor.get, f64x2.splat, factors.set, f64.const(MAGIC), f64x2.splat, magic.set],
      sweep(
        values,
        sums,
        end,
        TURN,
        pairs.map(({ pair, largest, sum }) => [
          [values.get, v128.load64Zero(8 * pair), f64x2.promoteLowF32x4],
          [factors.get, f64x2.mul, f64x2.nearest, terms.set],
          [largest.get, terms.get, f64x2.abs, terms.get, sum.get, f64x2.add, sum.set],
          [f64x2.pmax, largest.set],
          [sums.get, sums.get, v128.load(16 * pair)],
          [terms.get, magic.get, f64x2.add, magic.get, i64x2.sub, combine, v128.store(16 * pair)],
        ]),
      ),
      [one.largest.get, other.largest.get, f64x2.pmax],
      [one.sum.get, other.sum.get, f64x2.add, f64.const(0), f64x2.splat, f64x2.mul, f64x2.add, all.tee],
      [f64x2.extractLane(0), all.get, f64x2.extractLane(1), f64.max],
    ];
  });

const total = defineFunction(
  'total',
  { parameters: ['i32', 'i32', 'i32', 'f64', 'f64'] },
  ([values, sums, end, scale, divisor]) =>
    sweep(values, sums, end, 1, [
      [values.get, sums.get, i64.load(0), f64.fromI64, scale.get, f64.mul, divisor.get, f64.div],
      [f32.fromF64, f32.store(0)],
    ]),
);

const exactSumModule = new WasmModule([
  add,
  emitSmall('addSmall', i64x2.add),
  emitSmall('takeSmall', i64x2.sub),
  total,
]);

export const instantiateExactSum = (memory: WebAssembly.Memory): ExactSumKernels =>
  exactSumModule.instantiate(memory);
