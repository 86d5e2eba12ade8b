/** The connection to the coordinator as a socket: one at a time. */
import { dial, Wire } from '../../transport/host/index.js';
import type { CloseReason, FrameLimits, ToCoordinator } from '../../protocol/index.js';
import type { WorkerEvent } from '../index.js';

/** What the coordinator may send: it is trusted with memory. */
const LIMITS: FrameLimits = { frameBytes: 2 ** 31 - 1, headerBytes: 2 ** 26, tensors: 2 ** 15 };
const MAX_PAYLOAD = 2 ** 31 - 1;
/** Until the welcome says. */
const CHUNK_BYTES = 2 ** 16;

export class CoordinatorSocket {
  #wire: Wire<'toWorker'> | undefined;
  #stopDialling: (() => void) | undefined;

  /** @param ca the authorities to trust in place of the usual ones, PEM */
  constructor(
    readonly url: string,
    readonly ca: string[] | undefined,
    readonly tell: (event: WorkerEvent) => void,
  ) {}

  connect(): void {
    const options = { maxPayload: MAX_PAYLOAD, ca: this.ca, other: 'the coordinator (murmur serve)' };
    this.#stopDialling = dial(this.url, options, {
      opened: (socket) => {
        this.#wire = this.#open(socket);
        this.tell({ kind: 'connected' });
      },
      failed: ({ sentence, isLasting }) => {
        this.tell({ kind: 'unconnected', sentence, isLasting });
      },
    });
  }

  /** @param left told once the message's memory is not read any more */
  send(message: ToCoordinator, left?: () => void): void {
    this.#wire?.send(message, left);
  }

  close(reason: CloseReason, sentence: string): void {
    this.#stopDialling?.();
    this.#wire?.close(reason, sentence);
    this.#wire = undefined;
  }

  #open(socket: Parameters<Parameters<typeof dial>[2]['opened']>[0]): Wire<'toWorker'> {
    const wire: Wire<'toWorker'> = new Wire(
      socket,
      'toWorker',
      LIMITS,
      {
        message: (message) => {
          if (message.kind === 'welcome') wire.chunkBytes = message.limits.chunkBytes;
          this.tell({ kind: 'message', message });
        },
        heard: () => {
          this.tell({ kind: 'heard' });
        },
        broken: ({ reason, message }) => {
          wire.send({ kind: 'goodbye', reason, sentence: message.slice(0, 1000) });
          wire.close(reason, message);
          this.#wire = undefined;
          this.tell({ kind: 'closed', code: 1006, sentence: message });
        },
        closed: (code, said) => {
          if (this.#wire !== wire) return;
          this.#wire = undefined;
          this.tell({ kind: 'closed', code, sentence: said || 'the connection was lost' });
        },
      },
      CHUNK_BYTES,
    );
    return wire;
  }
}
