/** Checkpoints, one at a time: so long after the last as the recipe says, and longer where they would take much of the time. */
import type { Recipe } from '../recipe/index.js';
import type { CoordinatorContent, CoordinatorEffect } from './events.js';

/** Of the wall time, what checkpoints may take. */
const SHARE = 0.05;

export class Checkpoints {
  readonly #everyMs: number;
  #after = 0;
  #isWriting = false;

  constructor(
    { seconds }: Recipe['checkpoint'],
    readonly emit: (effect: CoordinatorEffect) => void,
  ) {
    this.#everyMs = 1000 * seconds;
  }

  begin(now: number): void {
    this.#after = now + this.#everyMs;
  }

  isDue(now: number): boolean {
    return now >= this.#after;
  }

  get isWriting(): boolean {
    return this.#isWriting;
  }

  write(round: number, content: CoordinatorContent): void {
    this.#isWriting = true;
    this.emit({ kind: 'persistProgress', round, content });
  }

  /** It is durable. @param tookMs how long it took */
  written(now: number, tookMs: number): void {
    this.#isWriting = false;
    this.#after = now + Math.max(this.#everyMs, tookMs / SHARE);
  }
}
