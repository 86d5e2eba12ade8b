/** What happens at nodes in a round, in the order of each: said before it is acted on. */
import type { Content } from './links.js';

type Happening = 'woke' | 'away' | number[];

export class TraceRecorder {
  readonly #happened = new Map<number, Happening[]>();

  /** A round begins. */
  clear(): void {
    this.#happened.clear();
  }

  /** Messages are handed to it. */
  handed(node: number, contents: readonly Content[]): void {
    const numbers = contents.flatMap(({ message: { from, sequence } }) => [from, sequence]);
    this.record(node, numbers);
  }

  record(node: number, happening: Happening): void {
    const happened = this.#happened.get(node);
    if (happened) happened.push(happening);
    else this.#happened.set(node, [happening]);
  }

  /** By node. */
  get trace(): { node: number; happened: Happening[] }[] {
    return [...this.#happened].sort(([a], [b]) => a - b).map(([node, happened]) => ({ node, happened }));
  }
}
