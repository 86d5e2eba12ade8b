/**
 * Brings vectors within the kernels' reach, a block at a time: vectors that live in a memory made known by
 * `mergeInPlace` are worked on where they are, all others are copied into a small memory of the thread's own and back.
 */
import { instantiateKernels, type Kernels } from './kernels.js';

/** Numbers that one block holds: 64 KiB. Sums of a block are made chunk by chunk, so results do not depend on it. */
export const BLOCK = 16384;

/** Bytes from one slot to the next; not a multiple of 4 KiB, so that slots do not compete for cache lines. */
const SLOT_BYTES = 4 * BLOCK + 192;
/** The moments of chunks go to the first bytes of a workbench's memory. */
const RESULT_BYTES = 64;
const SLOTS = 4;
const PAGE = 65536;

/** How many bytes of a memory given to `mergeInPlace` a thread needs for itself. */
export const SCRATCH_BYTES = RESULT_BYTES + SLOTS * SLOT_BYTES;

export class Workbench {
  readonly kernels: Kernels;
  readonly #memory: WebAssembly.Memory;
  readonly #scratch: number;
  /** What the last kernel that measures stored to `resultAddress`: Σd and Σd², once or twice. */
  readonly results: Float64Array;
  readonly #slots: Float32Array[];
  readonly #doubles: Float64Array[];

  constructor(memory: WebAssembly.Memory, scratch: number) {
    this.kernels = instantiateKernels(memory);
    this.#memory = memory;
    this.#scratch = scratch;
    this.results = new Float64Array(memory.buffer, scratch, 4);
    this.#slots = Array.from(
      { length: SLOTS },
      (_, slot) => new Float32Array(memory.buffer, this.slot(slot), BLOCK),
    );
    this.#doubles = this.#slots.map(
      ({ byteOffset }) => new Float64Array(memory.buffer, byteOffset, BLOCK / 2),
    );
  }

  get resultAddress(): number {
    return this.#scratch;
  }

  /** The address of a scratch block. */
  slot(slot: number): number {
    return this.#scratch + RESULT_BYTES + slot * SLOT_BYTES;
  }

  /** A scratch block as float64, half as many. */
  doubles(slot: number): Float64Array {
    return this.#doubles[slot];
  }

  /** The address where kernels find numbers `from` … `to` − 1 of `values`, at most a block; `slot` holds a copy if need be. */
  read(values: Float32Array, slot: number, from: number, to: number): number {
    if (this.#reaches(values)) return values.byteOffset + 4 * from;
    this.#slots[slot].set(values.subarray(from, to));
    return this.slot(slot);
  }

  /** The address where kernels shall put number `from` and what follows it; `finish` brings it home. */
  target(values: Float32Array, slot: number, from: number): number {
    return this.#reaches(values) ? values.byteOffset + 4 * from : this.slot(slot);
  }

  /** Ends what `target` began. */
  finish(values: Float32Array, slot: number, from: number, to: number): void {
    if (this.#reaches(values)) return;
    const block = this.#slots[slot];
    values.set(to - from === BLOCK ? block : block.subarray(0, to - from), from);
  }

  #reaches(values: Float32Array): boolean {
    return values.buffer === this.#memory.buffer;
  }
}

const benches = new WeakMap<ArrayBufferLike, Workbench>();
let own: Workbench | undefined;

/**
 * Lets this thread merge models that live in `memory` without copying them. At most 2³² bytes; the memory must not
 * grow afterwards. Results are the same bits with and without it.
 * @param scratch where, in bytes and a multiple of 8, this thread has SCRATCH_BYTES for itself alone
 */
export function mergeInPlace(memory: WebAssembly.Memory, scratch: number): void {
  if (scratch % 8 !== 0 || scratch + SCRATCH_BYTES > memory.buffer.byteLength) {
    throw new RangeError(
      `a thread merges in place with ${SCRATCH_BYTES} bytes of its own from a multiple of 8 on; ` +
        `byte ${scratch} of a memory of ${memory.buffer.byteLength} leaves no room for them`,
    );
  }
  benches.set(memory.buffer, new Workbench(memory, scratch));
}

/** The workbench for work whose result goes to `values`. */
export function workbenchFor(values: Float32Array | Float64Array): Workbench {
  const bench = benches.get(values.buffer);
  if (bench !== undefined) return bench;
  own ??= new Workbench(new WebAssembly.Memory({ initial: Math.ceil(SCRATCH_BYTES / PAGE) }), 0);
  return own;
}
