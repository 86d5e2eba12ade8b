/** A coordinator's connections as sockets: what comes is told as events, and what is to be sent is sent. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import {
  connectionLimit,
  listen,
  refuseConnection,
  Rejections,
  Wire,
  type Address,
  type ListenOptions,
  type WriteLog,
} from '../../transport/host/index.js';
import { PendingConnections, type Traffic } from '../../transport/index.js';
import { within } from '../../execution/host/index.js';
import { HANDSHAKE_LIMITS, type CloseReason } from '../../protocol/index.js';
import {
  type CoordinatorEffect,
  type CoordinatorEvent,
  type CoordinatorSettings,
  orderly,
} from '../index.js';
import { respond, type StatusEndpoints } from './status-endpoints.js';

type Told = Extract<CoordinatorEvent, { kind: 'connected' | 'message' | 'heard' | 'broken' | 'closed' }>;
type Wanted = Extract<CoordinatorEffect, { kind: 'send' | 'close' | 'trust' }>;

/** Why a connection is closed by the fault of who is there, and not for want of room or of something to do. */
const FAULTS: ReadonlySet<CloseReason> = new Set([
  ...(['malformed', 'version', 'tooLarge', 'tooMany', 'unexpected'] as const),
  ...(['slowHandshake', 'silent', 'unauthorized'] as const),
]);

export interface ConnectionObserver {
  opened(connection: number, address: string): void;
  /** @param traffic all that went over it */
  closed(connection: number, traffic: Traffic): void;
}

export class Sockets {
  readonly #wires = new Map<number, Wire<'toCoordinator'>>();
  readonly #pendingConnections: PendingConnections;
  readonly #rejections: Rejections;
  readonly #addresses = new Map<number, string>();
  #connections = 0;
  #server: Server | undefined;
  #isClosing = false;

  constructor(
    readonly settings: Pick<CoordinatorSettings, 'limits' | 'rate' | 'pendingConnections' | 'failures'>,
    readonly tell: (event: Told) => void,
    readonly log: WriteLog = () => undefined,
    readonly observer?: ConnectionObserver,
  ) {
    this.#rejections = new Rejections(log, settings.failures);
    this.#pendingConnections = new PendingConnections(
      Math.min(settings.pendingConnections, connectionLimit().pending),
    );
  }

  /** What went over each open connection. */
  get traffic(): Iterable<readonly [connection: number, traffic: Traffic]> {
    return this.#wires;
  }

  async listen(options: ListenOptions, pages: StatusEndpoints): Promise<Address> {
    const { server, address } = await listen(options, {
      answer: (request, response) => {
        respond(request, response, pages).catch((error: unknown) => {
          this.log('warn', `${request.url ?? ''} could not be answered: ${String(error)}`);
          response.destroy();
        });
      },
      maxPayload: this.settings.limits.chunkBytes,
      rejections: this.#rejections,
      connected: (socket, address) => {
        this.#connect(socket, address);
      },
    });
    this.#server = server;
    return address;
  }

  perform(effect: Wanted): void {
    const wire = this.#wires.get(effect.connection);
    if (effect.kind === 'send') wire?.send(effect.message);
    else if (effect.kind === 'close') {
      this.#noteClose(effect);
      wire?.close(effect.reason, effect.sentence);
    } else {
      wire?.widen(this.settings.limits);
      this.#pendingConnections.leave(effect.connection);
    }
  }

  /** Lets workers read what they were told last, but not for longer than is said. */
  async close(withinMs: number): Promise<void> {
    this.#isClosing = true;
    const open = [...this.#wires.values()];
    const closed = Promise.all(open.map(({ socket }) => once(socket, 'close')));
    // Of most this has been said already.
    for (const wire of open) wire.close('goingAway', 'The coordinator is shutting down.');
    await within(withinMs, closed);
    for (const { socket } of open) socket.terminate();
    this.#server?.close();
    this.#server?.closeAllConnections();
    this.#rejections.close();
  }

  #connect(socket: ConstructorParameters<typeof Wire>[0], address: string): void {
    if (this.#isClosing) {
      socket.terminate();
      return;
    }
    const connection = ++this.#connections;
    if (!this.#pendingConnections.enter(connection, address)) {
      const sentence = 'too many connections from one address; try again';
      this.#rejections.note({ address, reason: 'tooMany', sentence, isFault: false });
      refuseConnection(socket, 'tooMany', sentence);
      return;
    }
    this.observer?.opened(connection, address);
    const wire = new Wire(
      socket,
      'toCoordinator',
      HANDSHAKE_LIMITS,
      {
        message: (message) => {
          this.tell({ kind: 'message', connection, message });
        },
        heard: () => {
          this.tell({ kind: 'heard', connection });
        },
        broken: ({ reason, message }) => {
          this.tell({ kind: 'broken', connection, reason, sentence: message });
        },
        violated: (sentence) => {
          this.#note(connection, 'malformed', `it breaks the WebSocket protocol (${sentence})`);
        },
        closed: (code) => {
          this.#wires.delete(connection);
          this.observer?.closed(connection, wire);
          this.#addresses.delete(connection);
          this.#pendingConnections.leave(connection);
          this.tell({ kind: 'closed', connection, code });
        },
      },
      this.settings.limits.chunkBytes,
      this.settings.rate,
    );
    this.#wires.set(connection, wire);
    this.#addresses.set(connection, address);
    this.tell({ kind: 'connected', connection });
  }

  /** The coordinator logs whom it knows by itself. */
  #noteClose({ connection, reason, sentence }: Extract<Wanted, { kind: 'close' }>): void {
    if (this.#pendingConnections.has(connection) && !orderly.has(reason))
      this.#note(connection, reason, sentence);
  }

  #note(connection: number, reason: CloseReason, sentence: string): void {
    const address = this.#addresses.get(connection) ?? '';
    if (this.#pendingConnections.has(connection)) {
      this.#rejections.note({ address, reason, sentence, isFault: FAULTS.has(reason) });
    } else this.log('warn', `turned away: ${sentence}`, { connection, address, reason });
  }
}
