/** Squared Euclidean distances between models, in float64 from the differences of weights. */
import type { Range } from '../learning/index.js';
import { BLOCK, workbenchFor } from './workbench.js';

/** Distances are sums over chunks of so many numbers, counted from a range's start. */
const CHUNK = 4096;

type Places = Pick<Range, 'start' | 'end'>;

/**
 * distances[i][j] = ‖models[i] − models[j]‖² over the numbers in these ranges, all where they are left out. Not by a Gram
 * matrix, in which close models would lose their digits.
 */
export function squaredDistances(
  models: readonly Float32Array[],
  ranges: readonly Places[] = [{ start: 0, end: models[0].length }],
): number[][] {
  const distances = models.map(() => new Array<number>(models.length).fill(0));
  for (const range of ranges) addDistances(models, range, distances);
  distances.forEach((row, i) => {
    for (let j = 0; j < i; j++) row[j] = distances[j][i];
  });
  return distances;
}

/** Adds to the entries above the diagonal. */
function addDistances(models: readonly Float32Array[], range: Places, distances: number[][]): void {
  const bench = workbenchFor(models[0]);
  for (let { start } = range; start < range.end; start += BLOCK) {
    const end = Math.min(start + BLOCK, range.end);
    for (let i = 0; i < models.length; i++) {
      const a = bench.read(models[i], 0, start, end);
      for (let j = i + 1; j < models.length; j++) {
        const b = bench.read(models[j], 1, start, end);
        for (let at = 0; at < end - start; at += CHUNK) {
          const stop = a + 4 * Math.min(at + CHUNK, end - start);
          distances[i][j] += bench.kernels.distance(a + 4 * at, b + 4 * at, stop);
        }
      }
    }
  }
}
