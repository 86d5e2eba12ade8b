/** What happened in one round, summed so that the order in which threads end does not matter. */
import { ExactScalarSum, SumOverflowError } from '../../numerics/index.js';
import type { ProgramResult } from './program.js';

export class RoundTotals {
  woken = 0;
  merges = 0;
  /** Nodes that were away when they should have woken. */
  readonly missing: number[] = [];
  clamped = 0;
  /** What algorithms count. */
  readonly counts: Record<string, number> = {};
  /** Set where a loss was not finite. */
  diverged = false;
  readonly #loss = new ExactScalarSum();
  readonly #factors = new ExactScalarSum();
  #examples = 0;
  #corrections = 0;

  add({ lossSum, examples, factors, clamped }: ProgramResult): void {
    try {
      this.#loss.add(lossSum, 1);
      for (const factor of factors) this.#factors.add(factor, 1);
    } catch (error) {
      if (!(error instanceof SumOverflowError)) throw error;
      this.diverged = true;
    }
    this.#examples += examples;
    this.#corrections += factors.length;
    this.clamped += clamped;
  }

  count(counts: Readonly<Record<string, number>> = {}): void {
    for (const [name, count] of Object.entries(counts)) this.counts[name] = (this.counts[name] ?? 0) + count;
  }

  /** Mean loss over the examples trained on. */
  get loss(): number {
    return this.#loss.total() / this.#examples;
  }

  /** Mean factor of the variance correction, where there was one. */
  get correction(): number | undefined {
    return this.#corrections === 0 ? undefined : this.#factors.total() / this.#corrections;
  }
}
