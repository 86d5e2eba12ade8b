/**
 * How far nodes may go at a time: to the next round after which they are looked at, or so far that it takes about as
 * long as from one checkpoint to the next. None of it changes a bit of synchronous rounds. In asynchronous ones nobody
 * waits for anybody on the way there, so without a common clock it is one round.
 */
import type { Recipe } from '../../recipe/index.js';

export class Pacer {
  readonly #checkpointMs: number;
  #from: { readonly round: number; readonly at: number } | undefined;
  /** How long a round took at last. */
  #roundMs: number | undefined;

  constructor(readonly recipe: Recipe) {
    this.#checkpointMs = recipe.checkpoint.seconds * 1000;
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
}
