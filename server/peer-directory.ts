/** Who is at the other end of each connection, for lines of the log: worker, host name, address, software. */
import type { MessageOf } from '../protocol/index.js';

interface Peer {
  readonly address: string;
  worker?: string;
  /** As the hello says. */
  host?: string | undefined;
  software?: string;
}

export class PeerDirectory {
  readonly #byConnection = new Map<number, Peer>();
  /** Of each worker, its latest connection, also when that has closed. */
  readonly #byWorker = new Map<string, Peer>();

  opened(connection: number, address: string): void {
    this.#byConnection.set(connection, { address });
  }

  greeted(connection: number, { host, software }: MessageOf<'hello'>): void {
    const peer = this.#byConnection.get(connection);
    if (peer) Object.assign(peer, { host, software });
  }

  welcomed(connection: number, worker: string): void {
    const peer = this.#byConnection.get(connection);
    if (peer === undefined) return;
    peer.worker = worker;
    this.#byWorker.set(worker, peer);
  }

  closed(connection: number): void {
    this.#byConnection.delete(connection);
  }

  /** A line's fields, with all that is known of the connection or worker that they name. */
  complete(fields: object): object {
    const peer =
      'connection' in fields && typeof fields.connection === 'number'
        ? this.#byConnection.get(fields.connection)
        : 'worker' in fields && typeof fields.worker === 'string'
          ? this.#byWorker.get(fields.worker)
          : undefined;
    return { ...peer, ...fields };
  }
}
