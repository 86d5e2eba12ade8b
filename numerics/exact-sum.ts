/**
 * Exact sums over clients: weight × value is rounded to a multiple of 2⁻³² and added as a 64-bit integer,
 * so a sum does not depend on the order, the threads or the arrival of its terms.
 */
import { assemble, control, f32, f64, i32, i64, local } from './wasm-assembler.js';

/** Terms are multiples of 2⁻ˢ with this s. */
export const FRACTION_BITS = 32;
const SCALE = 2 ** FRACTION_BITS;
const PAGE = 65536;

/** Some term was not finite, or the terms together could overflow 64 bits: the run has diverged. */
export class SumOverflowError extends Error {
  constructor(readonly largestTerm: number) {
    super(
      Number.isFinite(largestTerm)
        ? `an exact sum overflowed: a term of size ${largestTerm.toPrecision(3)} is beyond what 64 bits hold`
        : 'a term of an exact sum is not a finite number',
    );
    this.name = 'SumOverflowError';
  }
}

/** The exact sum of single numbers, on the same grid of 2⁻³². */
export class ExactScalarSum {
  #sum = 0n;
  #weight = 0n;

  /** @throws SumOverflowError where the term is not finite */
  add(value: number, weight: number): void {
    const term = value * weight * SCALE;
    if (!Number.isFinite(term)) throw new SumOverflowError(term);
    this.#sum += BigInt(Math.round(term));
    this.#weight += BigInt(Math.round(weight * SCALE));
  }

  merge(other: ExactScalarSum): void {
    this.#sum += other.#sum;
    this.#weight += other.#weight;
  }

  total(divisor = 1): number {
    return Number(this.#sum) / SCALE / divisor;
  }

  mean(): number {
    return Number(this.#sum) / Number(this.#weight);
  }
}

/** add(values, sums, bytes of values, factor) → the largest |term|, NaN where some term is not a number. */
function emitAdd(): Uint8Array<ArrayBuffer> {
  const [values, sums, end, factor, term, largest] = [0, 1, 2, 3, 4, 5];
  const body = [
    control.block(
      control.loop(
        [local.get(values), local.get(end), i32.geU, control.brIf(1)],
        [local.get(values), f32.load(0), f64.fromF32, local.get(factor), f64.mul, f64.nearest],
        [local.tee(term), f64.abs, local.get(largest), f64.max, local.set(largest)],
        [local.get(sums), local.get(sums), i64.load(0)],
        [local.get(term), i64.truncSaturatedF64, i64.add, i64.store(0)],
        [local.get(values), i32.const(4), i32.add, local.set(values)],
        [local.get(sums), i32.const(8), i32.add, local.set(sums)],
        control.br(0),
      ),
    ),
    local.get(largest),
  ];
  return assemble([
    {
      name: 'add',
      parameters: ['i32', 'i32', 'i32', 'f64'],
      results: ['f64'],
      locals: ['f64', 'f64'],
      body,
    },
  ]);
}

type Add = (values: number, sums: number, end: number, factor: number) => number;
let compiled: WebAssembly.Module | undefined;

/** The exact sum of many vectors of one length, each with its weight. */
export class ExactSum {
  readonly #weights = new ExactScalarSum();
  #terms = 0;
  #largest = 0;
  readonly #add: Add;
  readonly #input: Float32Array;
  readonly #sums: BigInt64Array;

  /** @param length how many numbers each vector has */
  constructor(readonly length: number) {
    compiled ??= new WebAssembly.Module(emitAdd());
    const memory = new WebAssembly.Memory({ initial: Math.ceil((length * 12) / PAGE) });
    const { add } = new WebAssembly.Instance(compiled, { host: { memory } }).exports;
    this.#add = add as Add;
    this.#sums = new BigInt64Array(memory.buffer, 0, length);
    this.#input = new Float32Array(memory.buffer, length * 8, length);
  }

  /** The sum of the weights. */
  get weight(): number {
    return this.#weights.total();
  }

  /**
   * Adds weight × values.
   * @throws SumOverflowError where a term is not finite or the sum could overflow; the test depends on the
   * terms only, not on their order.
   */
  add(values: Float32Array, weight: number): void {
    if (values.length !== this.length) {
      throw new RangeError(`an exact sum of ${this.length} numbers was given ${values.length}`);
    }
    this.#input.set(values);
    const start = this.#input.byteOffset;
    this.#include(this.#add(start, 0, start + 4 * this.length, weight * SCALE), 1);
    this.#weights.add(weight, 1);
  }

  /** Adds another sum (of other terms): how partial sums from threads or workers come together. */
  merge(other: ExactSum): void {
    for (let i = 0; i < this.length; i++) this.#sums[i] += other.#sums[i];
    this.#include(other.#largest, other.#terms);
    this.#weights.merge(other.#weights);
  }

  /** The sum divided by `divisor`, rounded to float32. */
  total(divisor = 1): Float32Array<ArrayBuffer> {
    const result = new Float32Array(this.length);
    for (let i = 0; i < this.length; i++) result[i] = Number(this.#sums[i]) / SCALE / divisor;
    return result;
  }

  /** The weighted mean, rounded to float32. */
  mean(): Float32Array<ArrayBuffer> {
    return this.total(this.weight);
  }

  #include(largest: number, terms: number): void {
    this.#terms += terms;
    this.#largest = Math.max(this.#largest, largest);
    if (!(this.#largest * this.#terms < 2 ** 63)) throw new SumOverflowError(this.#largest / SCALE);
  }
}
