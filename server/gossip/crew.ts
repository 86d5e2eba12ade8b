/** What is known of the workers of a gossip run: which rounds each has kept, and whose answer is awaited. */
import type { Member } from '../members.js';

export class Crew {
  /** Of each worker, the rounds that its nodes can return to besides the start. */
  readonly #kept = new Map<string, Set<number>>();
  readonly #awaited = new Set<string>();

  /** A worker is here, and has said which rounds it has kept. */
  comes({ worker }: Member, checkpoints: readonly number[]): void {
    this.#kept.set(worker, new Set(checkpoints));
  }

  keeps({ worker }: Member, round: number): void {
    this.#kept.get(worker)?.add(round);
  }

  /** An answer of each of these is awaited. */
  await(members: readonly Member[]): void {
    this.#awaited.clear();
    for (const { worker } of members) this.#awaited.add(worker);
  }

  awaits({ worker }: Member): boolean {
    return this.#awaited.has(worker);
  }

  /** @returns whether it was the last that was awaited */
  answered({ worker }: Member): boolean {
    return this.#awaited.delete(worker) && this.#awaited.size === 0;
  }

  /** The last round, up to a bound, that all of these have kept; later ones are dropped. 0 is the start. */
  commonRound(members: readonly Member[], most: number): number {
    const [first, ...others] = members.map(({ worker }) => this.#kept.get(worker) ?? new Set<number>());
    const common = [...first].filter((round) => round <= most && others.every((kept) => kept.has(round)));
    const latest = Math.max(0, ...common);
    for (const kept of this.#kept.values()) {
      for (const round of kept) if (round > latest) kept.delete(round);
    }
    return latest;
  }
}
