/** Copies examples into an engine's memory in the order in which they are used, about a thousand at a time. */
import type { Examples } from '../engine.js';
import type { Memory } from './memory.js';
import { WINDOW_ROWS, type Plan } from './plan.js';

export class Feed {
  #order: Uint32Array | undefined;
  #from = 0;
  #to = 0;
  readonly #bytes: Uint8Array;
  readonly #labels: Int32Array;

  constructor(
    { views }: Memory,
    readonly plan: Plan,
    readonly examples: Examples,
  ) {
    this.#bytes = views.bytes;
    this.#labels = views.integers.subarray(plan.labels / 4, plan.labels / 4 + WINDOW_ROWS);
  }

  /** From now on positions are places in this order; without one, they are the examples' indices. */
  follow(order: Uint32Array | undefined): void {
    this.#order = order;
    this.#to = this.#from;
  }

  /**
   * The row where position `from` lies in memory, followed by all up to `to`. Where they have to be copied in,
   * so are those after them, before `ahead`.
   * @throws RangeError where a label is not one of the model's classes
   */
  row(from: number, to: number, ahead: number): number {
    if (!(from >= this.#from && to <= this.#to)) this.#fill(from, Math.min(ahead, from + WINDOW_ROWS));
    return from - this.#from;
  }

  #fill(from: number, to: number): void {
    const { plan, examples } = this;
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
      examples.copyInput(index, this.#bytes, plan.stored + row * plan.storedBytes);
    }
    this.#from = from;
    this.#to = to;
  }
}
