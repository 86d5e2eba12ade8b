/** Examples whose stored inputs are changed wherever they are read. */
import type { Transform, Examples } from './engine.js';

export function changedExamples(examples: Examples, change: Transform): Examples {
  const { shape, type } = examples.input;
  const bytes = shape.reduce((product, extent) => product * extent, type === 'float32' ? 4 : 1);
  return {
    count: examples.count,
    input: examples.input,
    copyInput(index, into, at) {
      examples.copyInput(index, into, at);
      change(into.subarray(at, at + bytes), index);
    },
    label: (index) => examples.label(index),
  };
}
