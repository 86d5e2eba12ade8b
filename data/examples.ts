/** Reads example sets, stored or generated. */
import type { InputFormat } from '../learning/index.js';
import type { ExampleSet, StoredExamples } from './dataset.js';
import { sharedInt32 } from './shared-arrays.js';
import type { ExampleReader } from './example-reader.js';
import { readSynthetic } from './synthetic.js';

/** The bytes of one stored input. */
export function inputBytes({ shape, type }: InputFormat): number {
  return shape.reduce((product, extent) => product * extent, type === 'float32' ? 4 : 1);
}

/** One reader for each set, so that generated examples are cached once. */
const readers = new WeakMap<ExampleSet, ExampleReader>();
const labels = new WeakMap<ExampleSet, Int32Array>();

export function openExamples(set: ExampleSet): ExampleReader {
  const known = readers.get(set);
  if (known) return known;
  const reader = 'generated' in set ? readSynthetic(set) : readStored(set);
  readers.set(set, reader);
  return reader;
}

/** The labels of all examples. A generated set generates every example once (about 8 µs each). */
export function labelsOf(set: ExampleSet): Int32Array {
  if ('labels' in set) return set.labels;
  const known = labels.get(set);
  if (known) return known;
  const reader = openExamples(set);
  const generated = sharedInt32(set.count);
  for (let index = 0; index < set.count; index++) generated[index] = reader.label(index);
  labels.set(set, generated);
  return generated;
}

/** The first `count` examples of a set, or all of a smaller set, in the same memory. */
export function firstExamples(set: ExampleSet, count: number): ExampleSet {
  if (count >= set.count) return set;
  if ('generated' in set) return { ...set, count, owner: set.owner.subarray(0, count) };
  const { starts, owner } = set;
  return {
    ...set,
    count,
    ...(starts
      ? { starts: starts.subarray(0, count) }
      : { inputs: set.inputs.subarray(0, count * inputBytes(set.input)) }),
    labels: set.labels.subarray(0, count),
    ...(owner && { owner: owner.subarray(0, count) }),
  };
}

function readStored({ input, inputs, starts, labels }: StoredExamples): ExampleReader {
  const bytes = inputBytes(input);
  return {
    copyInput(index, into, at) {
      const start = starts ? starts[index] : index * bytes;
      into.set(inputs.subarray(start, start + bytes), at);
    },
    label: (index) => labels[index],
  };
}
