/**
 * What a message of a gossip algorithm may be: the fields of its header with their bounds, and its vectors. Readers refuse
 * everything else before it counts, so that one wrong number costs its sender and nobody else.
 */
import type { Model } from '../learning/index.js';
import type { Part } from '../merging/index.js';

/** The small data of a message; survives JSON. */
export type Header = Readonly<Record<string, number>>;

/** The numbers that a field of a header may be, both ends included. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
}

export interface MessageForm {
  readonly header: Readonly<Record<string, Bounds>>;
  readonly vectors: readonly string[];
  /** The coordinates of a model that a message with this header carries; all where it is left out. */
  partOf?(header: Header): Part | undefined;
}

/** What forms depend on. */
export interface FormContext {
  readonly model: Model;
  readonly nodes: number;
  /** How many examples the sender has; undefined where only its own worker knows. */
  readonly samples: number | undefined;
}

export const exactly = (value: number): Bounds => ({ least: value, most: value, isWhole: true });
export const wholeUpTo = (most: number): Bounds => ({ least: 0, most, isWhole: true });

/** Ages, and numbers of examples that only their owner knows, leave room to be added up. */
const MOST_COUNTED = 2 ** 40;

/** The fields of `standing`: examples and age. */
export const standingForm = ({ samples }: FormContext): MessageForm['header'] => ({
  samples: samples === undefined ? wholeUpTo(MOST_COUNTED) : exactly(samples),
  age: wholeUpTo(MOST_COUNTED),
});

/** Vectors without a header. */
export const plainForm = (...vectors: readonly string[]): MessageForm => ({ header: {}, vectors });
