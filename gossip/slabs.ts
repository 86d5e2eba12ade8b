/**
 * The vectors of a population, in slabs of memory that threads share and that kernels work in, so that models are
 * merged where they are. A vector that several hold, such as a model that was sent to many, is there once.
 */
import { SCRATCH_BYTES } from '../merging/index.js';
import { tensorOf, type Codec, type Tensor } from '../protocol/index.js';

/** Where numbers lie; any thread that opened the slab can read it. */
export interface Place {
  readonly slab: number;
  /** In bytes. */
  readonly at: number;
  /** In float32 numbers, or in as many words of what encodes them. */
  readonly length: number;
  /** What lies there where it is no vector, but the tensor of one: of a message, which its readers decode. */
  readonly encoded?: Omit<Tensor, 'bytes'> & { readonly bytes: number };
}

/** Plain data, which a checkpoint keeps: who holds the same vector holds the same object. */
export interface Vector {
  place: Place;
  holders: number;
}

export type Vectors = Readonly<Record<string, Vector>>;
export type Places = Readonly<Record<string, Place>>;

/** How many numbers a vector has, encoded or not. */
export const numbersAt = ({ length, encoded }: Place) => encoded?.length ?? length;

export const placesOf = (vectors: Vectors): Places =>
  Object.fromEntries(Object.entries(vectors).map(([name, { place }]) => [name, place]));

const PAGE = 65536;
/**
 * WebAssembly reaches 4 GiB; views of a buffer of just so many bytes cannot be sent to other threads. Pages that
 * nobody writes to take no memory.
 */
const LARGEST_SLAB = 2 ** 32 - PAGE;
/** A slab that is made where the ones before are full is as large as this share of the first. */
const FURTHER = 1 / 4;

export class Slabs {
  readonly #memories: WebAssembly.Memory[] = [];
  /** Places that nobody holds, by length. */
  readonly #free = new Map<number, Place[]>();
  readonly #first: number;
  /** The slab that is being filled, and its first byte that is not used. */
  #slab = 0;
  #next = 0;

  /**
   * @param expected bytes that the run will need
   * @param open gives threads each slab, in their order, before there is a vector in it. Its first bytes are the
   * threads' own, SCRATCH_BYTES each.
   */
  constructor(
    expected: number,
    readonly threads: number,
    readonly open: (slab: WebAssembly.Memory) => void,
  ) {
    this.#first = expected;
  }

  /** A vector that the caller holds alone; its numbers are whatever was there. */
  take(length: number): Vector {
    return { place: this.#free.get(length)?.pop() ?? this.#fresh(length), holders: 1 };
  }

  /** A tensor of a vector of this length that the caller holds alone; its bytes are whatever was there. */
  takeEncoded(codec: Codec, length: number): Vector {
    const { encoding } = codec;
    const bytes = codec.bytes(length);
    const { place, holders } = this.take(Math.ceil(bytes / 4));
    return { place: { ...place, encoded: { encoding, length, bytes } }, holders };
  }

  hold(vector: Vector): Vector {
    vector.holders++;
    return vector;
  }

  /** Ends one holder's use. Nobody may read or write the numbers any more if it was the last one's. */
  release(vector: Vector): void {
    if (--vector.holders > 0) return;
    const { encoded, ...place } = vector.place;
    const free = this.#free.get(place.length);
    if (free) free.push(place);
    else this.#free.set(place.length, [place]);
  }

  /** Everything that anybody held is gone. */
  clear(): void {
    this.#free.clear();
    if (this.#memories.length > 0) [this.#slab, this.#next] = [0, this.threads * SCRATCH_BYTES];
  }

  /** Gives a vector out of a checkpoint a place, and its numbers; its holders are those that the checkpoint has. */
  restore(vector: Vector, numbers: Float32Array): void {
    const { encoded } = vector.place;
    vector.place = { ...this.#fresh(numbers.length), ...(encoded && { encoded }) };
    this.numbers(vector).set(numbers);
  }

  numbers({ place: { slab, at, length } }: Vector): Float32Array {
    return new Float32Array(this.#memories[slab].buffer, at, length);
  }

  /** What lies there as a tensor, a view: what a message with the vector carries. */
  tensor(vector: Vector): Tensor {
    const { slab, at, encoded } = vector.place;
    if (encoded === undefined) return tensorOf(this.numbers(vector));
    return { ...encoded, bytes: new Uint8Array(this.#memories[slab].buffer, at, encoded.bytes) };
  }

  #fresh(length: number): Place {
    // An odd number of cache lines, so that vectors do not compete for the same ones.
    const bytes = 64 * (Math.ceil((4 * length) / 64) | 1);
    while (this.#next + bytes > (this.#memories.at(this.#slab)?.buffer.byteLength ?? 0)) this.#turn(bytes);
    const place = { slab: this.#slab, at: this.#next, length };
    this.#next += bytes;
    return place;
  }

  /** To the next slab, a new one where there is none. */
  #turn(bytes: number): void {
    if (this.#memories.length > 0) this.#slab++;
    this.#next = this.threads * SCRATCH_BYTES;
    if (this.#slab < this.#memories.length) return;
    const share = this.#memories.length === 0 || this.#first > LARGEST_SLAB ? 1 : FURTHER;
    const scratch = this.threads * SCRATCH_BYTES;
    const size = scratch + Math.max(this.#first * share, bytes);
    const pages = Math.ceil(Math.min(size, LARGEST_SLAB) / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.#memories.push(memory);
    this.open(memory);
  }
}
