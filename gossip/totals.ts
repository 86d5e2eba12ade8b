/** What happened in one round, summed so that the order in which threads end does not matter. */
import { ExactScalarSum, SumOverflowError, type ScalarParts } from '../numerics/index.js';
import type { RoundEvent } from '../records/index.js';
import type { ProgramResult } from './program.js';

/** A round's totals as plain data: what those of a part of the nodes are. */
export interface TotalsParts {
  readonly woken: number;
  readonly merges: number;
  readonly missing: readonly number[];
  /** Local steps since the start. */
  readonly localSteps: number;
  /** Of these, those that the evaluated models have taken. */
  readonly evaluatedSteps: number;
  readonly clamped: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly diverged: boolean;
  readonly examples: number;
  readonly corrections: number;
  readonly loss: ScalarParts;
  readonly factors: ScalarParts;
}

export class RoundTotals {
  woken = 0;
  merges = 0;
  /** Nodes that were away when they should have woken. */
  readonly missing: number[] = [];
  /** Since the start; known once the round is over. */
  localSteps = 0;
  /** Of these, those that the evaluated models have taken. */
  evaluatedSteps = 0;
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

  get parts(): TotalsParts {
    const { woken, merges, missing, localSteps, evaluatedSteps, clamped, counts, diverged } = this;
    const [examples, corrections] = [this.#examples, this.#corrections];
    const sums = { loss: this.#loss.parts, factors: this.#factors.parts };
    const steps = { localSteps, evaluatedSteps };
    return { woken, merges, missing, ...steps, clamped, counts, diverged, examples, corrections, ...sums };
  }

  /** Adds the totals of other nodes in the same round. */
  include({
    woken,
    merges,
    missing,
    localSteps,
    evaluatedSteps,
    clamped,
    counts,
    diverged,
    ...sums
  }: TotalsParts): void {
    this.woken += woken;
    this.merges += merges;
    this.missing.push(...missing);
    this.localSteps += localSteps;
    this.evaluatedSteps += evaluatedSteps;
    this.clamped += clamped;
    this.count(counts);
    this.diverged ||= diverged;
    this.#examples += sums.examples;
    this.#corrections += sums.corrections;
    this.#loss.include(sums.loss);
    this.#factors.include(sums.factors);
  }

  /** What the metrics say of the round. */
  event(round: number, bytesSent: number): RoundEvent {
    return {
      type: 'round',
      round,
      loss: this.loss,
      answered: this.woken,
      missing: [...this.missing].sort((a, b) => a - b),
      localSteps: this.localSteps,
      bytesBetweenNodes: bytesSent,
      report: { merges: this.merges, clamped: this.clamped, ...this.counts },
    };
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
