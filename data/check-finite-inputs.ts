/** Rejects inputs that are not finite: a run would stop as if training had diverged. */
import { largestSize } from '../numerics/index.js';
import type { Dataset, ExampleSet } from './dataset.js';

/** @throws Error that names the dataset, its files, the example and the first value that is not finite */
export function checkFiniteInputs({ name, train, test, checksums }: Dataset): void {
  const files = Object.keys(checksums);
  const where = files.length > 0 ? `${name} (${files.join(', ')})` : name;
  for (const [part, set] of [
    ['training', train],
    ['test', test],
  ] as const) {
    const found = firstNonFinite(set);
    if (found === undefined) continue;
    throw new Error(
      `data.dataset ${where}: value ${found.place} of the input of ${part} example ${found.example} is ${found.value} (counted from 0); inputs must be finite 32-bit floats: correct the data`,
    );
  }
}

function firstNonFinite(set: ExampleSet): { example: number; place: number; value: number } | undefined {
  if (!('inputs' in set) || set.input.type !== 'float32') return undefined;
  const { inputs, input } = set;
  const { scale, shift, shape } = input;
  const aligned = inputs.byteOffset % 4 === 0 ? inputs : inputs.slice();
  const numbers = new Float32Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.length / 4));
  if (Number.isFinite(Math.fround(largestSize(numbers) * Math.abs(scale) + Math.abs(shift))))
    return undefined;
  const index = numbers.findIndex((stored) => !Number.isFinite(Math.fround(stored * scale + shift)));
  if (index < 0) return undefined;
  const size = shape.reduce((product, extent) => product * extent, 1);
  const value = Math.fround(numbers[index] * scale + shift);
  return { example: Math.floor(index / size), place: index % size, value };
}
