/**
 * Refuses addresses that keep failing: each may fail so often at once, and then so often a second. An address that is
 * refused does not fail by that, so it comes in again as soon as the rate allows. Bounded: the longest quiet is forgotten.
 */
import type { Rate } from './rates.js';

const MOST_ADDRESSES = 10_000;

export class FailureLimiter {
  /** What each may still do, in the order in which they failed last. */
  readonly #allowances = new Map<string, { readonly left: number; readonly at: number }>();

  constructor(readonly rate: Rate) {}

  refuses(address: string, now: number): boolean {
    return this.#left(address, now) < 1;
  }

  failed(address: string, now: number): void {
    // Attempts that were let in together are paid back, one by one.
    const left = Math.max(-this.rate.burst, this.#left(address, now) - 1);
    this.#allowances.delete(address);
    this.#allowances.set(address, { left, at: now });
    if (this.#allowances.size <= MOST_ADDRESSES) return;
    const [quietest] = this.#allowances.keys();
    this.#allowances.delete(quietest);
  }

  #left(address: string, now: number): number {
    const { perSecond, burst } = this.rate;
    const known = this.#allowances.get(address);
    return known === undefined ? burst : Math.min(burst, known.left + ((now - known.at) / 1000) * perSecond);
  }
}
