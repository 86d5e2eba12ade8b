/** Hosts a worker's connections to other workers in the network of faults, as peer-sockets.ts does in the real one. */
import type { PeerEffect, PeerEvent } from '../../client/index.js';
import type { PeerToPeer } from '../../protocol/index.js';
import { Connection, type End } from './simulated-connection.js';
import type { SimulatedProcess } from './simulated-process.js';
import type { SimulatedNetwork } from './simulated-network.js';

/** Who listens, by address. */
export type Listeners = Map<string, SimulatedPeers>;

type Peering = Connection<'toPeer', 'toPeer'>;

/** One end of a connection. */
interface Own {
  readonly connection: Peering;
  readonly isDialler: boolean;
}

export class SimulatedPeers {
  readonly #own = new Map<number, Own>();
  #opened = 0;
  #address: string | undefined;

  /** @param tell told only while this process runs */
  constructor(
    readonly network: SimulatedNetwork,
    readonly process: SimulatedProcess<string>,
    readonly listeners: Listeners,
    readonly tell: (event: PeerEvent) => void,
  ) {}

  listen(address: string): void {
    this.#address = address;
    this.listeners.set(address, this);
  }

  perform(effect: PeerEffect): void {
    if (effect.kind === 'dial') this.#dial(effect.peer, effect.address);
    else if (effect.kind === 'trust') return;
    else {
      const own = this.#own.get(effect.connection);
      if (own === undefined) return;
      const { connection, isDialler } = own;
      if (effect.kind === 'say') {
        if (isDialler) connection.sendUp(effect.message);
        else connection.sendDown(effect.message);
      } else if (isDialler) {
        this.#own.delete(effect.connection);
        connection.closeByDialler(effect.reason, effect.sentence);
      } else connection.closeByListener(effect.reason, effect.sentence);
    }
  }

  /** The process has ended. */
  stop(): void {
    if (this.#address !== undefined) this.listeners.delete(this.#address);
    for (const { connection } of this.#own.values()) connection.break();
    this.#own.clear();
  }

  #dial(peer: string, address: string): void {
    const { network } = this;
    this.process.after(network.delay(network.rates.latency), () => {
      const number = ++this.#opened;
      const connection = this.listeners.get(address)?.accept(this.#end(number));
      if (connection === undefined || network.happens(network.rates.partition)) {
        connection?.break();
        this.tell({ kind: 'failed', peer, sentence: 'nothing listens there', isLasting: false });
        return;
      }
      this.#own.set(number, { connection, isDialler: true });
      this.tell({ kind: 'opened', connection: number, peer });
    });
  }

  /** Somebody dials. */
  accept(dialler: End<'toPeer'>): Peering {
    const number = ++this.#opened;
    const ways = { up: 'toPeer', down: 'toPeer' } as const;
    const connection = new Connection(this.network, number, ways, this.#end(number), dialler);
    this.#own.set(number, { connection, isDialler: false });
    this.process.after(0, () => {
      this.tell({ kind: 'opened', connection: number });
    });
    return connection;
  }

  #end(number: number): End<'toPeer'> {
    return {
      message: this.process.bound((message: PeerToPeer) => {
        if (this.#own.has(number)) this.tell({ kind: 'message', connection: number, message });
      }),
      closed: this.process.bound((_, sentence) => {
        if (this.#own.delete(number)) this.tell({ kind: 'closed', connection: number, sentence });
      }),
    };
  }
}
