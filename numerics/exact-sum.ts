/**
 * Exact sums over clients: weight × value is rounded to a multiple of 2⁻³² and added as a 64-bit integer,
 * so a sum does not depend on the order, the threads or the arrival of its terms.
 */
import { instantiateExactSum, SMALL, TURN, type ExactSumKernels } from './exact-sum-kernels.js';

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

/** What an exact sum of single numbers is: Σ weight × value and Σ weight, both times 2³² and rounded term by term. */
export interface ScalarParts {
  readonly sum: bigint;
  readonly weight: bigint;
}

/** The exact sum of single numbers, on the same grid of 2⁻³². */
export class ExactScalarSum {
  #sum = 0n;
  #weight = 0n;

  get parts(): ScalarParts {
    return { sum: this.#sum, weight: this.#weight };
  }

  /** @throws SumOverflowError where the term is not finite */
  add(value: number, weight: number): void {
    const term = value * weight * SCALE;
    if (!Number.isFinite(term)) throw new SumOverflowError(term);
    this.#sum += BigInt(Math.round(term));
    this.#weight += BigInt(Math.round(weight * SCALE));
  }

  /** Adds another sum (of other terms). */
  include({ sum, weight }: ScalarParts): void {
    this.#sum += sum;
    this.#weight += weight;
  }

  total(divisor = 1): number {
    return Number(this.#sum) / SCALE / divisor;
  }

  mean(): number {
    return Number(this.#sum) / Number(this.#weight);
  }
}

/** Memories of sums that are over, one for each length: making one costs as much as ten additions. */
const idle = new Map<number, WebAssembly.Memory>();
const MOST_IDLE = 4;

/** What an exact sum of vectors is: enough to go on with it elsewhere. */
export interface SumParts {
  /** Σ weight × value, times 2³². */
  readonly sums: BigInt64Array;
  readonly terms: number;
  /** The largest size of a term, times 2³². */
  readonly largest: number;
  readonly weights: ScalarParts;
}

/** The exact sum of many vectors of one length, each with its weight. */
export class ExactSum {
  readonly #weights = new ExactScalarSum();
  #terms = 0;
  #largest = 0;
  readonly #memory: WebAssembly.Memory;
  readonly #kernels: ExactSumKernels;
  readonly #input: Float32Array;
  readonly #sums: BigInt64Array;
  readonly #end: number;

  /** @param length how many numbers each vector has */
  constructor(readonly length: number) {
    // After the values there are zeros, as far as kernels reach.
    const whole = TURN * Math.ceil(length / TURN);
    const known = idle.get(length);
    idle.delete(length);
    const memory = known ?? new WebAssembly.Memory({ initial: Math.ceil((whole * 12) / PAGE) });
    this.#memory = memory;
    this.#kernels = instantiateExactSum(memory);
    this.#sums = new BigInt64Array(memory.buffer, 0, length);
    this.#input = new Float32Array(memory.buffer, whole * 8, length);
    this.#end = whole * 12;
    if (known) this.#sums.fill(0n);
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
    const factor = weight * SCALE;
    let largest = this.#kernels.addSmall(start, 0, this.#end, factor);
    if (!(largest <= SMALL)) {
      this.#kernels.takeSmall(start, 0, this.#end, factor);
      largest = this.#kernels.add(start, 0, this.#end, factor);
    }
    this.#include(largest, 1);
    this.#weights.add(weight, 1);
  }

  /** As it is now; `sums` are a view. */
  get parts(): SumParts {
    return {
      sums: this.#sums,
      terms: this.#terms,
      largest: this.#largest,
      weights: this.#weights.parts,
    };
  }

  /**
   * Adds another sum (of other terms): how partial sums from threads or workers come together.
   * @throws SumOverflowError where both together could overflow
   */
  include({ sums, terms, largest, weights }: SumParts): void {
    if (sums.length !== this.length) {
      throw new RangeError(`an exact sum of ${this.length} numbers was given one of ${sums.length}`);
    }
    for (let i = 0; i < this.length; i++) this.#sums[i] += sums[i];
    this.#include(largest, terms);
    this.#weights.include(weights);
  }

  /** The sum divided by `divisor`, rounded to float32. */
  total(divisor = 1): Float32Array<ArrayBuffer> {
    const start = this.#input.byteOffset;
    this.#kernels.total(start, 0, start + 4 * this.length, 1 / SCALE, divisor);
    const result = this.#input.slice();
    // What 0 / 0 is, to the bit, is the processor's.
    return divisor === 0 ? result.map((x) => (Number.isNaN(x) ? NaN : x)) : result;
  }

  /** Ends its use: the next sum of this length takes its memory. */
  release(): void {
    if (idle.size >= MOST_IDLE) idle.clear();
    idle.set(this.length, this.#memory);
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
