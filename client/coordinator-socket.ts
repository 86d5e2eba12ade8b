/** The connection to the coordinator as a socket: one at a time, and why it could not be made in words that help. */
import { dial, Wire } from '../hosting/index.js';
import type { CloseReason, FrameLimits, ToCoordinator } from '../protocol/index.js';
import type { WorkerEvent } from './events.js';

/** What the coordinator may send: it is trusted with memory. */
const LIMITS: FrameLimits = { frameBytes: 2 ** 31 - 1, headerBytes: 2 ** 26, tensors: 2 ** 15 };
const MAX_PAYLOAD = 2 ** 31 - 1;
/** Until the welcome says. */
const CHUNK_BYTES = 2 ** 16;

export class CoordinatorSocket {
  #wire: Wire<'toWorker'> | undefined;

  /** @param ca the authorities to trust in place of the usual ones, PEM */
  constructor(
    readonly url: string,
    readonly ca: string[] | undefined,
    readonly tell: (event: WorkerEvent) => void,
  ) {}

  connect(): void {
    const socket = dial(this.url, { maxPayload: MAX_PAYLOAD, ca: this.ca });
    let failure: Error | undefined;
    socket.on('error', (error) => {
      failure = error;
    });
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
          const sentence = failure ? sentenceOf(failure, this.url) : said || 'the connection was lost';
          this.tell({ kind: 'closed', code, sentence });
        },
      },
      CHUNK_BYTES,
    );
    this.#wire = wire;
    socket.on('open', () => {
      this.tell({ kind: 'connected' });
    });
  }

  /** @param left told once the message's memory is not read any more */
  send(message: ToCoordinator, left?: () => void): void {
    this.#wire?.send(message, left);
  }

  close(reason: CloseReason, sentence: string): void {
    this.#wire?.close(reason, sentence);
    this.#wire = undefined;
  }
}

function sentenceOf(error: Error, url: string): string {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED')
    return `nothing listens at ${url}: is the coordinator (murmur serve) running there?`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `there is no host of the name in ${url}`;
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || /timed out/.test(error.message)) {
    return `${url} does not answer: check the address, and firewalls in between`;
  }
  if (/^(CERT|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)) {
    return `the certificate of ${url} is not trusted (${error.message}): give its authority with --ca FILE`;
  }
  if (code === 'EPROTO' || /wrong version number/i.test(error.message)) {
    return `${url} does not speak TLS: use ws:// there`;
  }
  return error.message;
}
