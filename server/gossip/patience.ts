/** How long nothing happens before what is missing is asked for again; each time twice as long. */
const FIRST_MS = 60_000;
const LONGEST_MS = 3_600_000;

export class Patience {
  #key = '';
  #since = 0;
  #ms = FIRST_MS;

  /** @param key what the run is at: while it stays the same, nothing has happened */
  isOver(key: string, now: number): boolean {
    if (key !== this.#key) {
      this.#key = key;
      this.#since = now;
      this.#ms = FIRST_MS;
    }
    if (now - this.#since < this.#ms) return false;
    this.#since = now;
    this.#ms = Math.min(2 * this.#ms, LONGEST_MS);
    return true;
  }
}
