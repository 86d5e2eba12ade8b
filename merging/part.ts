/** Parts of a model: what partitioned and sampled gossip sends instead of the whole (Hegedűs et al. 2021). */
import type { Manifest } from '../learning/index.js';

/** Some of a model's coordinates: a range [start, end), or a list in ascending order without repetition. */
export type Part = { readonly start: number; readonly end: number } | { readonly coordinates: Uint32Array };

export const partLength = (part: Part) =>
  'coordinates' in part ? part.coordinates.length : part.end - part.start;

export function sameParts(a: Part | undefined, b: Part | undefined): boolean {
  if (a === undefined || b === undefined || a === b) return a === b;
  if ('coordinates' in a) {
    return (
      'coordinates' in b &&
      a.coordinates.length === b.coordinates.length &&
      a.coordinates.every((coordinate, i) => coordinate === b.coordinates[i])
    );
  }
  return !('coordinates' in b) && a.start === b.start && a.end === b.end;
}

/** The numbers of a part, one after another: a view of a range, a copy of a list. */
export function takePart(values: Float32Array, part: Part): Float32Array {
  if (!('coordinates' in part)) return values.subarray(part.start, part.end);
  const { coordinates } = part;
  const taken = new Float32Array(coordinates.length);
  for (let i = 0; i < taken.length; i++) taken[i] = values[coordinates[i]];
  return taken;
}

/** Puts a part's numbers back to where they belong. */
export function putPart(values: Float32Array, part: Part, numbers: Float32Array): void {
  if (!('coordinates' in part)) {
    values.set(numbers, part.start);
    return;
  }
  for (let i = 0; i < numbers.length; i++) values[part.coordinates[i]] = numbers[i];
}

/**
 * The manifest of a part's numbers: the same tensors in the same order, flat and as large as the part has of them.
 * @throws RangeError where the part is not one of the manifest's
 */
export function restrict(manifest: Manifest, part: Part): Manifest {
  checkPart(manifest, part);
  const before = 'coordinates' in part ? countBelow(part.coordinates) : clampTo(part.start, part.end);
  const tensors = manifest.tensors.map((tensor) => {
    const offset = before(tensor.offset);
    const size = before(tensor.offset + tensor.size) - offset;
    return { ...tensor, offset, size, shape: [size] };
  });
  return { tensors, length: partLength(part) };
}

const clampTo = (start: number, end: number) => (bound: number) =>
  Math.min(Math.max(bound, start), end) - start;

/** How many of the ascending coordinates are below a bound. */
const countBelow = (coordinates: Uint32Array) => (bound: number) => {
  let [low, high] = [0, coordinates.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (coordinates[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
};

function checkPart({ length }: Manifest, part: Part): void {
  if (!('coordinates' in part)) {
    const { start, end } = part;
    if (Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= length)
      return;
    throw new RangeError(`a part [${start}, ${end}) does not lie within a model of ${length} weights`);
  }
  const { coordinates } = part;
  for (let i = 0; i < coordinates.length; i++) {
    if (coordinates[i] < length && (i === 0 || coordinates[i - 1] < coordinates[i])) continue;
    throw new RangeError(
      `a part's coordinates must ascend and be below the model's ${length}; number ${i + 1} is ${coordinates[i]}`,
    );
  }
}
