/** Mean and variance of a tensor in float64, in one sweep over its blocks. */
import { view, type Weights } from '../learning/index.js';
import { BLOCK, workbenchFor, type Workbench } from './workbench.js';

/** Sums are made of chunks of so many numbers, counted from the tensor's start. A block is a multiple of it. */
export const CHUNK = 4096;

/**
 * Gathers Σ(x − s) and Σ(x − s)², chunk after chunk. The shift s is the mean of the first chunk, rounded to float32, or
 * 0 where that mean is within a standard deviation of 0. Little cancels: with k chunks the square of mean(x) − s is at
 * most 4k times the variance, since that of the first chunk is at most k times as large.
 */
export class Moments {
  #shift = 0;
  #count = 0;
  #sum = 0;
  #squares = 0;

  constructor(readonly bench: Workbench) {}

  /** Whether the next chunk's sums about zero are what is gathered, so that `take` may bring them. */
  get isAboutZero(): boolean {
    return this.#count > 0 && this.#shift === 0;
  }

  /** Takes in the sums about zero of the next `count` numbers, at most a chunk, from the workbench's results. */
  take(count: number, from: number): void {
    this.#sum += this.bench.results[from];
    this.#squares += this.bench.results[from + 1];
    this.#count += count;
  }

  /** Takes in the next `count` numbers, which stand at `address`; all but the last call bring whole chunks. */
  add(address: number, count: number): void {
    const { kernels, results, resultAddress } = this.bench;
    const end = address + 4 * count;
    if (this.#count === 0) {
      const first = Math.min(count, CHUNK);
      kernels.momentsAboutZero(address, address + 4 * first, 0, resultAddress);
      const mean = results[0] / first;
      this.#shift = mean * mean <= results[1] / first - mean * mean ? 0 : Math.fround(mean);
    }
    const kernel = this.#shift === 0 ? 'momentsAboutZero' : 'moments';
    for (let start = address; start < end; start += 4 * CHUNK) {
      kernels[kernel](start, Math.min(start + 4 * CHUNK, end), this.#shift, resultAddress);
      this.#sum += results[0];
      this.#squares += results[1];
    }
    this.#count += count;
  }

  get mean(): number {
    return this.#shift + this.#sum / this.#count;
  }

  /** Population variance (divides by n). */
  get variance(): number {
    return Math.max(0, (this.#squares - this.#sum * (this.#sum / this.#count)) / this.#count);
  }
}

/** Mean and population variance of a vector. */
export function momentsOf(values: Float32Array): { mean: number; variance: number } {
  const bench = workbenchFor(values);
  const moments = new Moments(bench);
  for (let from = 0; from < values.length; from += BLOCK) {
    const to = Math.min(from + BLOCK, values.length);
    moments.add(bench.read(values, 0, from, to), to - from);
  }
  return moments;
}

/** The population variance of each tensor, in the manifest's order; 0 for a tensor without numbers. */
export function tensorVariances({ values, manifest }: Weights): Float64Array<ArrayBuffer> {
  return Float64Array.from(manifest.tensors, (tensor) =>
    tensor.size === 0 ? 0 : momentsOf(view(values, tensor)).variance,
  );
}
