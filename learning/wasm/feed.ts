/** Copies examples into an engine's memory in the order in which they are used, about a thousand at a time. */
import type { Kernel } from '../../numerics/index.js';
import type { Examples } from '../engine.js';
import { emitZeros } from './kernels/lists.js';
import type { Memory } from './memory.js';
import type { Brought, Kernels } from './operator.js';
import type { Plan } from './planner.js';

/** Inputs with fewer numbers that are not zero are treated as sparse; about where both ways take equal time. */
const SPARSE_DENSITY = 0.55;

export class Feed implements Brought {
  /** Whether few of the inputs in memory are other than zero. */
  sparse = false;
  /** Where the inputs and labels that were asked for last lie in memory. */
  stored = 0;
  labels = 0;
  /** Where the batch begins that the pass is a part of, and how far into it the pass begins. */
  batchFrom = 0;
  offset = 0;

  #order: Uint32Array | undefined;
  #end = 0;
  /** The positions that are in memory. */
  #from = 0;
  #to = 0;
  #read: Examples;
  readonly #bytes: Uint8Array;
  readonly #labels: Int32Array;
  readonly #zeros: Kernel;

  /** @param mayBeSparse whether it is worth while to look */
  constructor(
    memory: Memory,
    kernels: Kernels,
    readonly plan: Plan,
    readonly examples: Examples,
    readonly mayBeSparse: boolean,
  ) {
    const { at, labels, rows } = plan.stored;
    this.#read = examples;
    this.#bytes = memory.views.bytes;
    this.#labels = memory.views.integers.subarray(labels / 4, labels / 4 + rows);
    [this.#zeros] = kernels('zeros', () => [emitZeros(at)]);
  }

  /**
   * From now on positions are places in this order (without one, the examples' indices), and those before `end`
   * will be asked for. `read` are the examples as they are in this epoch.
   */
  follow(order: Uint32Array | undefined, end: number, read = this.examples): void {
    this.#read = read;
    this.#order = order;
    this.#end = end;
    this.#to = this.#from;
  }

  /**
   * Sees to it that positions from … to − 1 are in memory, one after another.
   * @throws RangeError where a label is not one of the model's classes
   */
  bring(from: number, to: number): void {
    if (from < this.#from || to > this.#to)
      this.#fill(from, Math.min(this.#end, from + this.plan.stored.rows));
    const row = from - this.#from;
    this.offset = from - this.batchFrom;
    const { at, bytes, labels } = this.plan.stored;
    this.stored = at + row * bytes;
    this.labels = labels + 4 * row;
  }

  /** @throws RangeError where a token is not one of the embedding's */
  #checkTokens(index: number, at: number): void {
    const { vocabulary = Infinity, stored } = this.plan;
    if (vocabulary > 255) return;
    for (let i = at; i < at + stored.bytes; i++) {
      if (this.#bytes[i] < vocabulary) continue;
      throw new RangeError(
        `example ${index} has the token ${this.#bytes[i]}, but the embedding's vocabulary ends at ${vocabulary - 1}`,
      );
    }
  }

  #fill(from: number, to: number): void {
    const { plan } = this;
    const examples = this.#read;
    const { at, bytes } = plan.stored;
    for (let position = from; position < to; position++) {
      const index = this.#order === undefined ? position : this.#order[position];
      const row = position - from;
      const label = examples.label(index);
      if (!(label >= 0 && label < plan.classes)) {
        throw new RangeError(
          `example ${index} has the label ${label}, but the model has ${plan.classes} classes (0 to ${plan.classes - 1})`,
        );
      }
      this.#labels[row] = label;
      examples.copyInput(index, this.#bytes, at + row * bytes);
      this.#checkTokens(index, at + row * bytes);
    }
    this.#from = from;
    this.#to = to;
    if (this.mayBeSparse) {
      const looked = Math.floor(((to - from) * bytes) / 16) * 16;
      this.sparse = looked > 0 && this.#zeros(looked) > (1 - SPARSE_DENSITY) * looked;
    }
  }
}
