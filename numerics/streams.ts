/**
 * Named random streams. Every draw comes from a stream made for one event and named by it,
 * `stream(seed, 'client', 7, 'round', 3)`, so no stream has state to save and adding a client
 * changes no other client's draws.
 */
import seedrandom from 'seedrandom';
import { canonicalJson, sha256 } from './canonical.js';

/** A source of uniform numbers in [0, 1) with 53 random bits. */
export type Stream = () => number;

/** The part of a stream's name that says which event it serves. */
export type StreamName = readonly (string | number)[];

/**
 * The stream of one named event. Its key is the SHA-256 of the canonical name: a bare seed would not do,
 * since seedrandom repeats its key ('1' and '11' are the same stream).
 */
export function stream(seed: number, ...name: StreamName): Stream {
  return seedrandom(sha256(canonicalJson([seed, ...name])));
}

/** A uniform integer in [0, bound). */
export function drawInteger(draw: Stream, bound: number): number {
  return Math.floor(draw() * bound);
}

/** Two uniform 32-bit integers. */
export const twoIntegers = (draw: Stream): [number, number] => [
  Math.floor(draw() * 2 ** 32),
  Math.floor(draw() * 2 ** 32),
];

/** Shuffles in place (Fisher–Yates) and returns the same array. */
export function shuffle<T extends Uint32Array | Int32Array | unknown[]>(draw: Stream, items: T): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = drawInteger(draw, i + 1);
    const kept = items[i];
    items[i] = items[j];
    items[j] = kept;
  }
  return items;
}

/** 0, 1, …, length − 1. */
export function range(length: number): Uint32Array<ArrayBuffer> {
  const numbers = new Uint32Array(length);
  for (let i = 0; i < length; i++) numbers[i] = i;
  return numbers;
}

/** A uniformly random permutation of 0, …, length − 1. */
export function permutation(draw: Stream, length: number): Uint32Array<ArrayBuffer> {
  return shuffle(draw, range(length));
}

/** From this share of all numbers on, marks in an array are faster than a set that has to be sorted. */
const DENSE = 1 / 64;

/**
 * `count` distinct numbers below `bound`, uniformly without replacement, in ascending order (Floyd's algorithm).
 * Takes time and memory in the order of `count`.
 */
export function sampleWithoutReplacement(draw: Stream, bound: number, count: number): number[] {
  if (count > bound) throw new RangeError(`cannot draw ${count} distinct numbers below ${bound}`);
  if (count > DENSE * bound) return denseSample(draw, bound, count);
  const chosen = new Set<number>();
  for (let top = bound - count; top < bound; top++) {
    const candidate = drawInteger(draw, top + 1);
    chosen.add(chosen.has(candidate) ? top : candidate);
  }
  return [...chosen].sort((a, b) => a - b);
}

/** The same numbers from the same draws. */
function denseSample(draw: Stream, bound: number, count: number): number[] {
  const chosen = new Uint8Array(bound);
  for (let top = bound - count; top < bound; top++) {
    const candidate = drawInteger(draw, top + 1);
    chosen[chosen[candidate] === 1 ? top : candidate] = 1;
  }
  const numbers: number[] = [];
  for (let number = 0; number < bound; number++) if (chosen[number] === 1) numbers.push(number);
  return numbers;
}
