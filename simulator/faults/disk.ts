/** A disk: what is written is there after a crash once it is durable, as a whole or not at all. */
import type { World } from './world.js';

export class Disk<Value> {
  readonly #files = new Map<string, Value>();
  /** Writes under way; a crash loses them. */
  #process = 0;
  /** When the last write is done: writes become durable in their order. */
  #busyUntil = 0;

  constructor(
    readonly world: World,
    /** A mistake to be found: writes are told as done before they are durable. */
    readonly liesOfDurability = false,
  ) {}

  get files(): ReadonlyMap<string, Value> {
    return this.#files;
  }

  /** @param done told once it is durable, and never after a crash */
  write(name: string, value: Value, done: () => void): void {
    this.change(() => {
      this.#files.set(name, value);
    }, done);
  }

  /** What changes files becomes durable in the order in which it was asked for. */
  change(act: () => void, done: () => void): void {
    const { now } = this.world;
    const process = this.#process;
    this.#busyUntil = Math.max(this.#busyUntil, now) + this.world.delay(this.world.weather.writing);
    const alive = (then: () => void) => () => {
      if (process === this.#process) then();
    };
    this.world.after(
      this.#busyUntil - now,
      alive(() => {
        act();
        if (!this.liesOfDurability) done();
      }),
    );
    if (this.liesOfDurability) this.world.after(0, alive(done));
  }

  /** In how many ms everything that was written so far is durable. */
  get settlesIn(): number {
    return Math.max(0, this.#busyUntil - this.world.now);
  }

  /** Removals need not be durable: whoever reads what should be gone knows better. */
  remove(name: string): void {
    if (!this.world.happens(0.2)) this.#files.delete(name);
  }

  removeDurably(name: string): void {
    this.#files.delete(name);
  }

  crash(): void {
    this.#process++;
    this.#busyUntil = 0;
  }
}
