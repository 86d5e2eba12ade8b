/** Connections between workers as sockets: those that come, where this worker listens, and those that it dials. */
import type { Server } from 'node:http';
import type { WebSocket } from 'ws';
import {
  connectionLimit,
  dial,
  listen,
  refuseConnection,
  Rejections,
  Wire,
  type ListenOptions,
  type WriteLog,
} from '../../transport/host/index.js';
import { FAILURES, PendingConnections } from '../../transport/index.js';
import { HANDSHAKE_LIMITS, type CloseReason, type FrameLimits } from '../../protocol/index.js';
import type { PeerEffect, PeerEvent } from '../index.js';

export interface PeerListening extends ListenOptions {
  /** The address that others are told, where it is not the one that is listened at. */
  readonly advertise?: string | undefined;
}

/** A worker with a ticket is trusted with memory. */
const LIMITS: FrameLimits = { frameBytes: 2 ** 31 - 1, headerBytes: 2 ** 26, tensors: 2 ** 15 };
const CHUNK_BYTES = 2 ** 20;
const PENDING = 64;

export class PeerSockets {
  readonly #wires = new Map<number, Wire<'toPeer'>>();
  readonly #pendingConnections = new PendingConnections(Math.min(PENDING, connectionLimit().pending));
  readonly #rejections: Rejections;
  readonly #addresses = new Map<number, string>();
  /** Ends attempts to connect. */
  readonly #dialling = new Set<() => void>();
  #connections = 0;
  #server: Server | undefined;
  /** Told what happens. */
  tell: (event: PeerEvent) => void = () => undefined;

  /** @param ca the authorities to trust in place of the usual ones, PEM */
  constructor(
    readonly ca: string[] | undefined,
    log: WriteLog,
  ) {
    this.#rejections = new Rejections(log, FAILURES);
  }

  /**
   * @returns the address at which others reach this worker
   * @throws Error, a sentence, where the port or the certificate cannot be used
   */
  async listen({ advertise, ...options }: PeerListening): Promise<string> {
    const { server, address } = await listen(options, {
      maxPayload: CHUNK_BYTES,
      rejections: this.#rejections,
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
    const { connection } = effect;
    const wire = this.#wires.get(connection);
    if (effect.kind === 'say') wire?.send(effect.message);
    else if (effect.kind === 'hangUp') {
      if (effect.reason !== 'done') this.#note(connection, effect.reason, effect.sentence);
      wire?.close(effect.reason, effect.sentence);
    } else {
      wire?.widen(LIMITS);
      this.#pendingConnections.leave(connection);
    }
  }

  close(): void {
    for (const wire of this.#wires.values()) wire.close('done', 'The worker has ended.');
    for (const stop of this.#dialling) stop();
    this.#server?.close();
    this.#rejections.close();
  }

  #dial(peer: string, address: string): void {
    const options = { maxPayload: CHUNK_BYTES, ca: this.ca, other: 'the worker (murmur join --listen)' };
    const stop = dial(address, options, {
      opened: (socket) => {
        this.#dialling.delete(stop);
        this.#open(socket, peer, '');
      },
      failed: ({ sentence, isLasting }) => {
        this.#dialling.delete(stop);
        this.tell({ kind: 'failed', peer, sentence, isLasting });
      },
    });
    this.#dialling.add(stop);
  }

  /** @param from the address that a pending connection came from */
  #open(socket: WebSocket, peer: string | undefined, from: string): void {
    const connection = ++this.#connections;
    if (peer === undefined && !this.#pendingConnections.enter(connection, from)) {
      const sentence = 'too many connections from one address; try again';
      this.#rejections.note({ address: from, reason: 'tooMany', sentence, isFault: false });
      refuseConnection(socket, 'tooMany', sentence);
      return;
    }
    if (peer === undefined) this.#addresses.set(connection, from);
    const gone = (sentence: string) => {
      this.#wires.delete(connection);
      this.#addresses.delete(connection);
      this.#pendingConnections.leave(connection);
      this.tell({ kind: 'closed', connection, sentence });
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
          this.#note(connection, reason, message);
          wire.close(reason, message);
          this.tell({ kind: 'broken', connection, sentence: message });
          gone(message);
        },
        violated: (sentence) => {
          this.#note(connection, 'malformed', `it breaks the WebSocket protocol (${sentence})`);
        },
        closed: (_, sentence) => {
          gone(sentence || 'the connection was lost');
        },
      },
      CHUNK_BYTES,
    );
    this.#wires.set(connection, wire);
    this.tell({ kind: 'opened', connection, ...(peer !== undefined && { peer }) });
  }

  /** Why a connection that came is turned away. */
  #note(connection: number, reason: CloseReason, sentence: string): void {
    const address = this.#addresses.get(connection);
    const isFault = this.#pendingConnections.has(connection);
    if (address !== undefined) this.#rejections.note({ address, reason, sentence, isFault });
  }
}
