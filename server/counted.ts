/** Whose answers counted in which exchange, back to the exchange to which the coordinator can fall back. */
import type { MessageOf } from '../protocol/index.js';

type Commits = MessageOf<'welcome'>['commits'];

export class Counted {
  /** Of each client, the last exchange in which it was asked and counted, up to `durable`; 0: none. */
  readonly #base: Uint32Array;
  #since: { readonly exchange: number; readonly clients: ReadonlyMap<number, number> }[] = [];

  /** @param durable the exchange that `base` stands for */
  constructor(
    base: Uint32Array,
    public durable: number,
  ) {
    this.#base = base.slice();
  }

  /** @param clients who counted in an exchange, and in which each was asked */
  note(exchange: number, clients: ReadonlyMap<number, number>): void {
    this.#since.push({ exchange, clients });
  }

  /** Whether a client's answer to what it was asked in an exchange has counted. */
  has(client: number, asked: number): boolean {
    if (asked === 0) return false;
    return this.#base[client] === asked || this.#since.some(({ clients }) => clients.get(client) === asked);
  }

  /** Whether a client ever counted. */
  hasAny(client: number): boolean {
    return this.#base[client] > 0 || this.#since.some(({ clients }) => clients.has(client));
  }

  /** The last exchange in which each client counted. */
  snapshot(): Uint32Array {
    const last = this.#base.slice();
    for (const { clients } of this.#since) for (const [client, asked] of clients) last[client] = asked;
    return last;
  }

  /** What is known up to this exchange is durable now. */
  persisted(durable: number): void {
    for (const { exchange, clients } of this.#since) {
      if (exchange <= durable) for (const [client, asked] of clients) this.#base[client] = asked;
    }
    this.#since = this.#since.filter(({ exchange }) => exchange > durable);
    this.durable = durable;
  }

  /** Of these clients: the last exchange up to the durable one, and all later ones. */
  commitsOf(clients: readonly number[]): Commits {
    const groups = new Map<number, number[]>();
    for (const client of clients) {
      const exchange = this.#base[client];
      if (exchange === 0) continue;
      const group = groups.get(exchange);
      if (group) group.push(client);
      else groups.set(exchange, [client]);
    }
    const later = this.#since.flatMap(({ exchange, clients: all }) => {
      const own = clients.filter((client) => all.has(client));
      return own.length === 0 ? [] : [{ exchange, clients: own }];
    });
    return [...Array.from(groups, ([exchange, members]) => ({ exchange, clients: members })), ...later];
  }
}
