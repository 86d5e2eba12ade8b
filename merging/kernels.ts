/** The loops of merging as WebAssembly, and what each of them computes, to the bit. */
import { WasmModule } from '../numerics/index.js';
import { accumulate, rounded } from './combination-kernels.js';
import { affine, combine, replaceNaN, sortPair } from './elementwise-kernels.js';
import {
  combineMeasuringB,
  combineMeasuringBoth,
  combineMeasuringOut,
  distance,
  moments,
  momentsAboutZero,
} from './sum-kernels.js';

/** Addresses are in bytes and need no alignment; vectors of float32 end before `end`, the end of the first one. */
export interface Kernels {
  /** out = p·a + q·b; products and sum are rounded to float32 one by one. `out` may be `a` or `b`. */
  combine(a: number, b: number, out: number, end: number, p: number, q: number): void;
  /** out = p·a + q, product and sum rounded to float32. With q = −0 it is p·a. */
  affine(a: number, out: number, end: number, p: number, q: number): void;
  /** The smaller numbers to a, the larger to b. Neither may hold NaN. */
  sortPair(a: number, b: number, end: number): void;
  /** Puts +∞ in the place of NaN. */
  replaceNaN(a: number, end: number): void;
  /**
   * Stores Σ(a − shift) and Σ(a − shift)² as two float64 at `out`. Number i belongs to lane i mod 8, and each lane
   * adds up in ascending order; the last n mod 8 numbers form a ninth lane. The sum of the lanes is
   * ((0 + 2) + (4 + 6)) + ((1 + 3) + (5 + 7)) + ninth.
   */
  moments(a: number, end: number, shift: number, out: number): void;
  /** The bits of `moments` with shift 0, a quarter faster. */
  momentsAboutZero(a: number, end: number, shift: number, out: number): void;
  /** `combine`, which also stores the `momentsAboutZero` of b at `results`. */
  combineMeasuringB(
    a: number,
    b: number,
    out: number,
    end: number,
    p: number,
    q: number,
    results: number,
  ): void;
  /** The same of out. */
  combineMeasuringOut(
    a: number,
    b: number,
    out: number,
    end: number,
    p: number,
    q: number,
    results: number,
  ): void;
  /** The same of both: two float64 for b, then two for out. */
  combineMeasuringBoth(
    a: number,
    b: number,
    out: number,
    end: number,
    p: number,
    q: number,
    results: number,
  ): void;
  /** Σ(a − b)² in float64, lanes and their sum as in `moments`. */
  distance(a: number, b: number, end: number): number;
  /** sums += factor · values in float64, each product and sum rounded by itself. `end` is that of the values. */
  accumulate(values: number, sums: number, end: number, factor: number): void;
  /** values = sums, rounded to float32. `end` is that of the values. */
  rounded(values: number, sums: number, end: number): void;
}

const kernelModule = new WasmModule([
  ...[combine, affine, sortPair, replaceNaN, moments, momentsAboutZero, distance],
  ...[accumulate, rounded],
  ...[combineMeasuringB, combineMeasuringOut, combineMeasuringBoth],
]);

/** The kernels over `memory`, whether threads share it or not. */
export const instantiateKernels = (memory: WebAssembly.Memory): Kernels => kernelModule.instantiate(memory);
