/** Virtual time as real time, by which nodes of asynchronous gossip wake where the recipe says how long a tick is. */
import { performance } from 'node:perf_hooks';

export class TickClock {
  #time = 0;
  #at = 0;

  constructor(readonly seconds: number) {}

  /** Nodes go on at this virtual time: while they waited, it stood still. */
  begin(time: number): void {
    this.#time = time;
    this.#at = performance.now();
  }

  /** 0 where it has passed. */
  msUntil(time: number): number {
    return Math.max(0, this.#at + 1000 * this.seconds * (time - this.#time) - performance.now());
  }
}
