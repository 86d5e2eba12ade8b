/**
 * What clients keep between rounds (SCAFFOLD's control variates). A state counts once its round does; those
 * that counted are kept back to the last one that the coordinator can fall back to.
 */
import type { StoredState } from './events.js';

/** A client's states by the round that they are from, ascending. */
type Versions = StoredState[];

export interface Commit {
  readonly round: number;
  readonly clients: readonly number[];
}

export class ClientStates {
  readonly #counted = new Map<number, Versions>();
  readonly #provisional = new Map<number, Versions>();

  /** @param stored what was on disk: what of it counts, the welcome will say */
  constructor(stored: readonly StoredState[] = []) {
    for (const state of stored) this.propose(state);
  }

  clear(): void {
    this.#counted.clear();
    this.#provisional.clear();
  }

  /** The state that training in a round starts from. */
  before(client: number, round: number): StoredState | undefined {
    return this.#counted.get(client)?.findLast((version) => version.round < round);
  }

  /** A state that may come to count; it replaces one of the same round. */
  propose(state: StoredState): void {
    const others = (this.#provisional.get(state.client) ?? []).filter(({ round }) => round !== state.round);
    this.#keep(this.#provisional, state.client, [...others, state]);
  }

  /** These rounds counted. @returns states that nothing will ask for again */
  commit(commits: readonly Commit[], durable: number): StoredState[] {
    const forgotten: StoredState[] = [];
    for (const { round, clients } of commits) {
      for (const client of clients) {
        const versions = this.#provisional.get(client) ?? [];
        const counted = versions.find((version) => version.round === round);
        if (counted) this.#counted.set(client, [...(this.#counted.get(client) ?? []), counted]);
        // Of the states before it, none counted.
        forgotten.push(...versions.filter((version) => version.round < round));
        this.#keep(
          this.#provisional,
          client,
          versions.filter((version) => version.round > round),
        );
        forgotten.push(...this.#prune(client, durable));
      }
    }
    return forgotten;
  }

  /**
   * The coordinator says where the run stands, which may be earlier than before: it fell back.
   * @param commits every round that counted of each client, back to what the coordinator can fall back to
   * @param last the last round that is over: a state of a later one may still come to count
   */
  stand(commits: readonly Commit[], durable: number, last: number): StoredState[] {
    const countedOf = new Map<number, Set<number>>();
    for (const { round, clients } of commits) {
      for (const client of clients) {
        const rounds = countedOf.get(client) ?? new Set();
        countedOf.set(client, rounds.add(round));
      }
    }
    const forgotten: StoredState[] = [];
    for (const client of new Set([...this.#counted.keys(), ...this.#provisional.keys()])) {
      const known = [...(this.#counted.get(client) ?? []), ...(this.#provisional.get(client) ?? [])];
      const isCounted = ({ round }: StoredState) => countedOf.get(client)?.has(round) ?? false;
      const isOpen = ({ round }: StoredState) => round > last;
      this.#keep(this.#counted, client, known.filter(isCounted));
      this.#keep(this.#provisional, client, known.filter(isOpen));
      forgotten.push(...known.filter((version) => !isCounted(version) && !isOpen(version)));
      forgotten.push(...this.#prune(client, durable));
    }
    return forgotten;
  }

  /** Of the states that counted, those before the newest that is not after `durable` are not needed. */
  #prune(client: number, durable: number): StoredState[] {
    const versions = this.#counted.get(client) ?? [];
    const base = versions.findLastIndex(({ round }) => round <= durable);
    if (base <= 0) return [];
    this.#keep(this.#counted, client, versions.slice(base));
    return versions.slice(0, base);
  }

  #keep(where: Map<number, Versions>, client: number, versions: Versions): void {
    if (versions.length === 0) where.delete(client);
    else
      where.set(
        client,
        versions.toSorted((a, b) => a.round - b.round),
      );
  }
}
