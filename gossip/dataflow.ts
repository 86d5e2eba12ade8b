/**
 * Runs nodes' programs as soon as what they need is there: a node's programs in their order, a program that reads
 * messages after those that wrote them. Virtual time has decided the order beforehand, so threads cannot change it.
 */
export class Dataflow {
  readonly #last = new Map<number, Promise<unknown>>();
  #open = 0;
  #failure: Error | undefined;
  #waiting: (() => void)[] = [];
  #reject: ((error: Error) => void) | undefined;
  /** Never done; rejected with the first failure of a program. */
  readonly failed = new Promise<never>((_, reject) => (this.#reject = reject));

  /** @param most how many programs may be open before `room` makes the caller wait */
  constructor(readonly most: number) {
    this.failed.catch(() => undefined);
  }

  /** Whether no program is open. */
  get isIdle(): boolean {
    return this.#open === 0;
  }

  /** Starts `run` after the node's last program and everything in `needs`. */
  submit(node: number, needs: readonly Promise<unknown>[], run: () => Promise<void>): Promise<void> {
    this.#open++;
    const before = this.#last.get(node);
    const ready = before === undefined ? Promise.all(needs) : Promise.all([before, ...needs]);
    const done = ready
      .then(() => (this.#failure ? undefined : run()))
      .catch((error: unknown) => {
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
        this.#reject?.(this.#failure);
      })
      .finally(() => {
        this.#open--;
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const look of waiting) look();
      });
    this.#last.set(node, done);
    return done;
  }

  /** Waits until few enough programs are open. @throws the first failure of a program */
  async room(): Promise<void> {
    await this.#until(() => this.#open < this.most);
  }

  /** Waits until all programs are done. @throws the first failure of a program */
  async drain(): Promise<void> {
    await this.#until(() => this.#open === 0);
    this.#last.clear();
  }

  async #until(reached: () => boolean): Promise<void> {
    while (!reached()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#failure) throw this.#failure;
  }
}
