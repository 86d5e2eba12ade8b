/**
 * How far nodes may go at a time: to the next round after which they are looked at, or so far that it takes about as
 * long as from one checkpoint to the next. None of it changes a bit of synchronous rounds. In asynchronous ones nobody
 * waits for anybody on the way there, so without a common clock it is one round.
 */
import type { Recipe } from '../../recipe/index.js';

/** Of the wall time, what checkpoints may take. */
const CHECKPOINT_SHARE = 0.05;

export class Pace {
  readonly #checkpointMs: number;
  #keepAfter = 0;
  #keepingSince = 0;
  #from: { readonly round: number; readonly at: number } | undefined;
  /** How long a round took at last. */
  #roundMs: number | undefined;

  constructor(readonly recipe: Recipe) {
    this.#checkpointMs = recipe.checkpoint.seconds * 1000;
  }

  begin(now: number): void {
    this.#keepAfter = now + this.#checkpointMs;
  }

  /** Nodes go on after a round. @returns how far */
  next(round: number, now: number): number {
    this.#from = { round, at: now };
    const { every } = this.recipe.evaluate;
    const evaluated = Math.min(this.recipe.rounds, (Math.floor(round / every) + 1) * every);
    const { schedule, network } = this.recipe;
    const hasClock = schedule.kind !== 'asynchronous' || network.tick !== undefined;
    const rounds =
      this.#roundMs === undefined || !hasClock
        ? 1
        : Math.max(1, Math.floor(this.#checkpointMs / this.#roundMs));
    return Math.min(evaluated, round + rounds);
  }

  halted(round: number, now: number): void {
    if (this.#from && round > this.#from.round) {
      this.#roundMs = Math.max(1, (now - this.#from.at) / (round - this.#from.round));
    }
  }

  isKeepingDue(now: number): boolean {
    return now >= this.#keepAfter;
  }

  keeping(now: number): void {
    this.#keepingSince = now;
  }

  kept(now: number): void {
    const took = now - this.#keepingSince;
    this.#keepAfter = now + Math.max(this.#checkpointMs, took / CHECKPOINT_SHARE);
  }
}
