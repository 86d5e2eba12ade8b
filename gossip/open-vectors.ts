/** How a thread reaches vectors in slabs: where they are, so that its kernels merge them there; those of messages decoded. */
import type { Thread } from '../execution/index.js';
import { mergeInPlace, SCRATCH_BYTES } from '../merging/index.js';
import { decodeVector, type Tensor } from '../protocol/index.js';
import type { Place } from './slabs.js';

export interface VectorOpener {
  /** A vector that is not encoded. */
  readonly open: (place: Place) => Float32Array;
  /** The vector of a message, decoded where it lies encoded. */
  readonly read: (place: Place) => Float32Array;
  /** Puts a tensor in its place. */
  readonly write: (place: Place, tensor: Tensor) => void;
}

export function vectorOpener({ index, memories }: Thread): VectorOpener {
  let slabs = 0;
  const bufferOf = ({ slab }: Place) => {
    while (slabs <= slab) mergeInPlace(memories[slabs++], index * SCRATCH_BYTES);
    return memories[slab].buffer;
  };
  const open = (place: Place) => new Float32Array(bufferOf(place), place.at, place.length);
  return {
    open,
    read(place) {
      const { at, encoded } = place;
      if (encoded === undefined) return open(place);
      const bytes = new Uint8Array(bufferOf(place), at, encoded.bytes);
      return decodeVector({ ...encoded, bytes }, encoded.length);
    },
    write(place, { bytes }) {
      new Uint8Array(bufferOf(place), place.at, bytes.length).set(bytes);
    },
  };
}
