/** Counts connections that have not said yet who they are, by their address, so that one address takes no memory of all. */
import { networkOf } from './networks.js';

export class PendingConnections {
  readonly #addresses = new Map<number, string>();
  readonly #counts = new Map<string, number>();

  /** @param most from one address at a time */
  constructor(readonly most: number) {}

  /** @returns whether there is room for one more */
  enter(connection: number, address: string): boolean {
    const network = networkOf(address);
    const count = this.#counts.get(network) ?? 0;
    if (count >= this.most) return false;
    this.#counts.set(network, count + 1);
    this.#addresses.set(connection, network);
    return true;
  }

  /** Whether the connection has not said yet who is there. */
  has(connection: number): boolean {
    return this.#addresses.has(connection);
  }

  /** The connection is known now, or closed. */
  leave(connection: number): void {
    const address = this.#addresses.get(connection);
    if (address === undefined) return;
    this.#addresses.delete(connection);
    const count = (this.#counts.get(address) ?? 1) - 1;
    if (count === 0) this.#counts.delete(address);
    else this.#counts.set(address, count);
  }
}
