/**
 * Sorts the models' numbers at every coordinate at once: a sorting network over rows of numbers, in which each comparison
 * is one sweep over two rows.
 */
import { instantiateKernels, type Kernels } from './kernels.js';

/** Numbers in a row. */
const ROW = 4096;
/** Not a multiple of 4 KiB, so that rows do not compete for cache lines. */
const ROW_BYTES = 4 * ROW + 192;

/**
 * Writes to `into` what `reduce` makes of the models' numbers: it gets the addresses of rows of `count` numbers, the
 * first row with the smallest at each coordinate, and returns the address of the row to keep. NaN counts as +∞.
 */
export function reduceSorted(
  models: readonly Float32Array[],
  into: Float32Array,
  reduce: (rows: readonly number[], count: number, kernels: Kernels) => number,
): void {
  const { kernels, buffer } = bench(models.length);
  const addresses = models.map((_, row) => row * ROW_BYTES);
  const rows = addresses.map((address) => new Float32Array(buffer, address, ROW));
  const network = sortingNetwork(models.length);
  for (let from = 0; from < into.length; from += ROW) {
    const to = Math.min(from + ROW, into.length);
    const bytes = 4 * (to - from);
    models.forEach((model, row) => {
      rows[row].set(model.subarray(from, to));
      kernels.replaceNaN(addresses[row], addresses[row] + bytes);
    });
    for (const [a, b] of network) kernels.sortPair(addresses[a], addresses[b], addresses[a] + bytes);
    const result = reduce(addresses, to - from, kernels);
    into.set(new Float32Array(buffer, result, to - from), from);
  }
}

/**
 * The pairs (a, b), a < b, to be put in order one after another so that `size` things are sorted: Batcher's merge
 * exchange (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M).
 */
export function sortingNetwork(size: number): [number, number][] {
  const pairs: [number, number][] = [];
  let top = 1;
  while (2 * top < size) top *= 2;
  for (let p = top; p >= 1; p /= 2) {
    let distance = p;
    let remainder = 0;
    for (let q = top; ; q /= 2) {
      for (let i = 0; i + distance < size; i++) {
        if ((i & p) === remainder) pairs.push([i, i + distance]);
      }
      if (q === p) break;
      distance = q - p;
      remainder = p;
    }
  }
  return pairs;
}

let current:
  { readonly capacity: number; readonly kernels: Kernels; readonly buffer: ArrayBuffer } | undefined;

/** The thread's memory for sorting, made anew when it has to be larger. */
function bench(models: number): { readonly kernels: Kernels; readonly buffer: ArrayBuffer } {
  if (current === undefined || current.capacity < models) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((models * ROW_BYTES) / 65536) });
    current = { capacity: models, kernels: instantiateKernels(memory), buffer: memory.buffer };
  }
  return current;
}
