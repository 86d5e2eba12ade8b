/** Some of a set of examples, as a set of their own. */
import type { Examples } from '../engine.js';

/** Examples from … to − 1; with `label`, all have that one instead of their own. */
export const partOf = (examples: Examples, from: number, to: number, label?: number): Examples => ({
  count: to - from,
  input: examples.input,
  copyInput: (index, into, at) => {
    examples.copyInput(from + index, into, at);
  },
  label: (index) => label ?? examples.label(from + index),
});
