/** How a thread reaches vectors in slabs: where they are, so that its kernels merge them there. */
import type { Thread } from '../work.js';
import { mergeInPlace, SCRATCH_BYTES } from '../../merging/index.js';
import type { Place } from './slabs.js';

export function vectorOpener({ index, memories }: Thread): (place: Place) => Float32Array {
  let slabs = 0;
  return ({ slab, at, length }) => {
    while (slabs <= slab) mergeInPlace(memories[slabs++], index * SCRATCH_BYTES);
    return new Float32Array(memories[slab].buffer, at, length);
  };
}
