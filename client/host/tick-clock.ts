/** Clock of asynchronous gossip in real time: one unit of virtual time takes `network.tick` seconds. */
import { performance } from 'node:perf_hooks';
import type { RealTimeClock } from '../../gossip/index.js';

export class TickClock implements RealTimeClock {
  #time = 0;
  #at = 0;

  constructor(readonly seconds: number) {}

  /** Nodes continue at this virtual time; it did not advance while they waited. */
  begin(time: number): void {
    this.#time = time;
    this.#at = performance.now();
  }

  msUntil(time: number): number {
    return Math.max(0, this.#at + 1000 * this.seconds * (time - this.#time) - performance.now());
  }

  setTimer(ms: number, callback: () => void): () => void {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  }
}
