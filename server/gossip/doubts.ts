/** Words of workers that would end the run, and that nobody else can check: they are believed when they come again. */
import type { RegisteredWorker } from '../worker-registry.js';

export class Doubts {
  readonly #nodes = new Set<number>();

  /** @returns whether it was said before of one of the worker's nodes, also by another worker that had it then */
  isConfirmed({ clients }: RegisteredWorker): boolean {
    const isKnown = clients.some((node) => this.#nodes.has(node));
    for (const node of clients) this.#nodes.add(node);
    return isKnown;
  }
}
