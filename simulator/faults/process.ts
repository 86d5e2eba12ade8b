/**
 * A party's processes, one after another, on its one machine: what an ended one was about to do happens no more, what
 * it wrote durably stays.
 */
import { deserialize, serialize } from 'node:v8';
import { Disk } from './disk.js';
import type { Mistake } from './mistakes.js';
import type { World } from './world.js';

export class Process<Timer extends string> {
  readonly disk: Disk<Uint8Array>;
  readonly #timers = new Map<Timer, number>();
  #set = 0;
  /** Counts the processes. */
  number = 0;

  constructor(
    readonly world: World,
    readonly mistake: Mistake | undefined,
  ) {
    this.disk = new Disk(world, mistake === 'told before durable');
  }

  /** Happens only while the process that runs now does. */
  bound<Parameters extends unknown[]>(happen: (...parameters: Parameters) => void) {
    const { number } = this;
    return (...parameters: Parameters) => {
      if (number === this.number) happen(...parameters);
    };
  }

  after(ms: number, happen: () => void): void {
    this.world.after(ms, this.bound(happen));
  }

  /** One of each name at a time: setting it again moves it. */
  setTimer(name: Timer, afterMs: number, happen: () => void): void {
    if (this.mistake === 'a forgotten timer' && name === 'heartbeat') return;
    const set = ++this.#set;
    this.#timers.set(name, set);
    this.after(afterMs, () => {
      if (this.#timers.get(name) === set) happen();
    });
  }

  clearTimer(name: Timer): void {
    this.#timers.delete(name);
  }

  write(name: string, value: unknown, done: () => void): void {
    this.disk.write(name, serialize(value), this.bound(done));
  }

  /** Changes files, after all that is being written. */
  change(act: () => void, done: () => void): void {
    this.disk.change(act, this.bound(done));
  }

  read(name: string): unknown {
    const bytes = this.disk.files.get(name);
    return bytes === undefined ? undefined : (deserialize(bytes) as unknown);
  }

  /** It ends by itself; what is being written will be durable. */
  end(): void {
    this.number++;
    this.#timers.clear();
  }

  crash(): void {
    this.disk.crash();
    this.end();
  }
}
