/** A host's timers, by the names that its coordinator or worker gives them. */

export class Timers<Name extends string> {
  readonly #running = new Map<Name, NodeJS.Timeout>();

  constructor(readonly happen: (name: Name) => void) {}

  /** One of each name at a time: setting it again moves it. */
  set(name: Name, afterMs: number): void {
    this.clear(name);
    const timer = setTimeout(() => {
      this.happen(name);
    }, afterMs);
    this.#running.set(name, timer);
  }

  clear(name: Name): void {
    clearTimeout(this.#running.get(name));
  }

  clearAll(): void {
    for (const timer of this.#running.values()) clearTimeout(timer);
  }
}
