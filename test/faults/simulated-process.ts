/**
 * A party's processes, one after another, on its one machine: what an ended one was about to do happens no more, what
 * it wrote durably stays.
 */
import type { InjectedBug } from './injected-bugs.js';
import { SimulatedDisk } from './simulated-disk.js';
import type { SimulatedNetwork } from './simulated-network.js';

export class SimulatedProcess<Timer extends string> {
  readonly disk: SimulatedDisk;
  readonly #timers = new Map<Timer, number>();
  #set = 0;
  /** Counts the processes. */
  number = 0;

  constructor(
    readonly network: SimulatedNetwork,
    readonly bug: InjectedBug | undefined,
  ) {
    this.disk = new SimulatedDisk(network, bug === 'told before durable');
  }

  /** Happens only while the process that runs now does. */
  bound<Parameters extends unknown[]>(happen: (...parameters: Parameters) => void) {
    const { number } = this;
    return (...parameters: Parameters) => {
      if (number === this.number) happen(...parameters);
    };
  }

  after(ms: number, happen: () => void): void {
    this.network.after(ms, this.bound(happen));
  }

  /** One of each name at a time: setting it again moves it. */
  setTimer(name: Timer, afterMs: number, happen: () => void): void {
    if (this.bug === 'a forgotten timer' && name === 'heartbeat') return;
    const set = ++this.#set;
    this.#timers.set(name, set);
    this.after(afterMs, () => {
      if (this.#timers.get(name) === set) happen();
    });
  }

  clearTimer(name: Timer): void {
    this.#timers.delete(name);
  }

  /** Tells of what was written, after the time that it took. */
  afterWriting(tell: () => void): void {
    this.after(this.network.delay(this.network.rates.writing), tell);
  }

  /** It has ended, by itself or killed: what it wrote stays on the disk. */
  end(): void {
    this.disk.end();
    this.number++;
    this.#timers.clear();
  }
}
