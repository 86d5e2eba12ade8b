/** Connections between workers as sockets: those that come, where this worker listens, and those that it dials. */
import type { Server } from 'node:http';
import type { WebSocket } from 'ws';
import { dial, listen, Strangers, Wire, type ListenOptions } from '../../hosting/index.js';
import { closeCodes, HANDSHAKE_LIMITS, type FrameLimits } from '../../protocol/index.js';
import type { PeerEffect, PeerEvent } from './peers.js';

export interface PeerListening extends ListenOptions {
  /** The address that others are told, where it is not the one that is listened at. */
  readonly advertise?: string | undefined;
}

/** A worker with a ticket is trusted with memory. */
const LIMITS: FrameLimits = { frameBytes: 2 ** 31 - 1, headerBytes: 2 ** 26, tensors: 2 ** 15 };
const CHUNK_BYTES = 2 ** 20;
const STRANGERS = 64;

export class PeerSockets {
  readonly #wires = new Map<number, Wire<'toPeer'>>();
  readonly #strangers = new Strangers(STRANGERS);
  #connections = 0;
  #server: Server | undefined;
  /** Told what happens. */
  tell: (event: PeerEvent) => void = () => undefined;

  /** @param ca the authorities to trust in place of the usual ones, PEM */
  constructor(readonly ca: string[] | undefined) {}

  /**
   * @returns the address at which others reach this worker
   * @throws Error, a sentence, where the port or the certificate cannot be used
   */
  async listen({ advertise, ...options }: PeerListening): Promise<string> {
    const { server, address } = await listen(options, {
      maxPayload: CHUNK_BYTES,
      answer: (_, response) => {
        response.statusCode = 404;
        response.end('Other workers connect here.\n');
      },
      connected: (socket, from) => {
        this.#open(socket, undefined, from);
      },
    });
    this.#server = server;
    return advertise ?? address.url;
  }

  perform(effect: PeerEffect): void {
    if (effect.kind === 'dial') {
      this.#dial(effect.peer, effect.address);
      return;
    }
    const wire = this.#wires.get(effect.connection);
    if (effect.kind === 'say') wire?.send(effect.message);
    else if (effect.kind === 'hangUp') wire?.close(effect.reason, effect.sentence);
    else {
      wire?.widen(LIMITS);
      this.#strangers.leave(effect.connection);
    }
  }

  close(): void {
    for (const wire of this.#wires.values()) wire.close('done', 'The worker has ended.');
    this.#server?.close();
  }

  #dial(peer: string, address: string): void {
    if (!/^wss?:/.test(address) || !URL.canParse(address)) {
      this.tell({ kind: 'failed', peer });
      return;
    }
    const socket = dial(address, { maxPayload: CHUNK_BYTES, ca: this.ca });
    let isOpen = false;
    socket.on('error', () => {
      // The close that follows says it all.
    });
    socket.once('open', () => {
      isOpen = true;
      this.#open(socket, peer, '');
    });
    socket.once('close', () => {
      if (!isOpen) this.tell({ kind: 'failed', peer });
    });
  }

  /** @param from the address that a stranger came from */
  #open(socket: WebSocket, peer: string | undefined, from: string): void {
    const connection = ++this.#connections;
    if (peer === undefined && !this.#strangers.enter(connection, from)) {
      socket.close(closeCodes.tooMany.code, 'too many connections from one address; try again');
      return;
    }
    const gone = () => {
      this.#wires.delete(connection);
      this.#strangers.leave(connection);
      this.tell({ kind: 'closed', connection });
    };
    const wire: Wire<'toPeer'> = new Wire(
      socket,
      'toPeer',
      peer === undefined ? HANDSHAKE_LIMITS : LIMITS,
      {
        message: (message) => {
          this.tell({ kind: 'message', connection, message });
        },
        heard: () => {
          this.tell({ kind: 'heard', connection });
        },
        broken: ({ reason, message }) => {
          wire.close(reason, message);
          gone();
        },
        closed: gone,
      },
      CHUNK_BYTES,
    );
    this.#wires.set(connection, wire);
    this.tell({ kind: 'opened', connection, ...(peer !== undefined && { peer }) });
  }
}
