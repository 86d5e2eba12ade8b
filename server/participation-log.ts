/** Whose answers counted in which round, back to the round to which the coordinator can fall back. */
import type { MessageOf } from '../protocol/index.js';

type Commits = MessageOf<'welcome'>['commits'];

export class ParticipationLog {
  /** Of each client, the last round in which it was asked and counted, up to `durable`; 0: none. */
  readonly #base: Uint32Array;
  #since: { readonly round: number; readonly clients: ReadonlyMap<number, number> }[] = [];

  /** @param durable the round that `base` stands for */
  constructor(
    base: Uint32Array,
    public durable: number,
  ) {
    this.#base = base.slice();
  }

  /** @param clients who counted in a round, and in which each was asked */
  note(round: number, clients: ReadonlyMap<number, number>): void {
    this.#since.push({ round, clients });
  }

  /** Whether a client's answer to what it was asked in a round has counted. */
  has(client: number, asked: number): boolean {
    if (asked === 0) return false;
    return this.#base[client] === asked || this.#since.some(({ clients }) => clients.get(client) === asked);
  }

  /** Whether a client ever counted. */
  hasAny(client: number): boolean {
    return this.#base[client] > 0 || this.#since.some(({ clients }) => clients.has(client));
  }

  /** The last round in which each client counted. */
  snapshot(): Uint32Array {
    const last = this.#base.slice();
    for (const { clients } of this.#since) for (const [client, asked] of clients) last[client] = asked;
    return last;
  }

  /** What is known up to this round is durable now. */
  persisted(durable: number): void {
    for (const { round, clients } of this.#since) {
      if (round <= durable) for (const [client, asked] of clients) this.#base[client] = asked;
    }
    this.#since = this.#since.filter(({ round }) => round > durable);
    this.durable = durable;
  }

  /** Of these clients: the last round up to the durable one, and all later ones. */
  commitsOf(clients: readonly number[]): Commits {
    const groups = new Map<number, number[]>();
    for (const client of clients) {
      const round = this.#base[client];
      if (round === 0) continue;
      const group = groups.get(round);
      if (group) group.push(client);
      else groups.set(round, [client]);
    }
    const later = this.#since.flatMap(({ round, clients: all }) => {
      const own = clients.filter((client) => all.has(client));
      return own.length === 0 ? [] : [{ round, clients: own }];
    });
    return [...Array.from(groups, ([round, members]) => ({ round, clients: members })), ...later];
  }
}
