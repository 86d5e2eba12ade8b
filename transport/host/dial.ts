/** Connects to a coordinator or another worker, through the environment's proxy if there is one for the address. */
import { isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WebSocket, type ClientOptions } from 'ws';
import { hostOf, portOf } from './addresses.js';
import {
  connectionFailure,
  ConnectTimeoutError,
  HttpAnswerError,
  SpeaksTlsError,
  type ConnectionFailure,
} from './connection-failure.js';
import { openTunnel, proxyOf } from './proxy.js';

export interface DialOptions {
  /** The largest WebSocket message that may come, in bytes. */
  readonly maxPayload: number;
  /** The authorities to trust in place of the usual ones, PEM. */
  readonly ca?: string[] | undefined;
  /** What should listen there, for messages. */
  readonly other: string;
  /** How long connecting may take, all in all. */
  readonly timeoutMs?: number;
}

/** One of the two is told, once, and not before `dial` has returned. */
export interface DialEvents {
  opened(socket: WebSocket): void;
  failed(failure: ConnectionFailure): void;
}

const CONNECT_MS = 20_000;
/** For finding out whether a server that hangs up speaks TLS. */
const PROBE_MS = 5_000;

/** @returns gives up: neither event is told any more */
export function dial(address: string, options: DialOptions, events: DialEvents): () => void {
  const attempt = new Attempt(address, options, events);
  setImmediate(() => {
    attempt.begin();
  });
  return () => {
    attempt.end();
  };
}

class Attempt {
  #isOver = false;
  /** Ends what is under way. */
  #cancel: (() => void) | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(
    readonly address: string,
    readonly options: DialOptions,
    readonly events: DialEvents,
  ) {
    this.#timer = setTimeout(() => {
      this.#fail(new ConnectTimeoutError());
    }, options.timeoutMs ?? CONNECT_MS);
  }

  begin(): void {
    if (this.#isOver) return;
    if (!URL.canParse(this.address) || !/^wss?:/i.test(this.address) || this.address.includes('#')) {
      const sentence = `${this.address} is no WebSocket address: write it as wss://host:port, or ws://host:port without TLS`;
      this.#failed({ sentence, isLasting: true });
      return;
    }
    try {
      const proxy = proxyOf(this.#url);
      if (proxy === undefined) this.#open();
      else this.#openThrough(proxy);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#cancel?.();
  }

  get #url(): URL {
    return new URL(this.address);
  }

  #openThrough(proxy: URL): void {
    const { ca } = this.options;
    this.#cancel = openTunnel(proxy, this.#url, ca, {
      opened: (tunnel) => {
        this.#open(tunnel);
      },
      failed: (error) => {
        this.#failed(connectionFailure(error, proxy, 'the proxy (HTTP_PROXY, HTTPS_PROXY)'));
      },
    });
  }

  /** @param tunnel through a proxy; a connection of its own where it is left out */
  #open(tunnel?: Socket): void {
    const { maxPayload, ca } = this.options;
    const socket = new WebSocket(this.address, {
      perMessageDeflate: false,
      maxPayload,
      generateMask: unmasked,
      ...(ca && { ca }),
      ...(tunnel && { createConnection: socketsIn(tunnel, this.#url, ca) }),
    });
    this.#cancel = () => {
      socket.terminate();
    };
    let hasFailed = false;
    const failed = (error: Error) => {
      // Only the first counts; that the socket is given up then is an error too.
      if (hasFailed) return;
      hasFailed = true;
      if (tunnel === undefined && this.#mayWantTls(error)) this.#failUnlessTls(error);
      else this.#fail(error);
    };
    socket.on('error', failed);
    socket.once('unexpected-response', (_, { statusCode = 0, headers }) => {
      failed(new HttpAnswerError(statusCode, headers.location));
    });
    socket.once('open', () => {
      if (this.#isOver) return;
      this.#cancel = undefined;
      this.end();
      this.events.opened(socket);
    });
  }

  /** Whether a server that is spoken to without TLS has ended the connection, sent an alert, or answered that it is bad. */
  #mayWantTls(error: Error): boolean {
    if (this.#url.protocol !== 'ws:') return false;
    if (error instanceof HttpAnswerError) return error.status === 400;
    const code = 'code' in error ? String(error.code) : '';
    return ['ECONNRESET', 'EPIPE'].includes(code) || code.startsWith('HPE_');
  }

  /** Servers say in many ways, and mostly not at all, that they want TLS: a handshake tells. */
  #failUnlessTls(error: Error): void {
    if (this.#isOver) return;
    this.#cancel?.();
    const url = this.#url;
    const probe = connectTls({ host: hostOf(url), port: portOf(url), rejectUnauthorized: false });
    let isTold = false;
    const told = (found: Error) => {
      if (isTold) return;
      isTold = true;
      probe.destroy();
      this.#fail(found);
    };
    probe.setTimeout(PROBE_MS, () => {
      told(error);
    });
    probe.once('secureConnect', () => {
      told(new SpeaksTlsError());
    });
    probe.on('error', ({ message }: Error) => {
      told(/alert/.test(message) ? new SpeaksTlsError() : error);
    });
    probe.once('close', () => {
      told(error);
    });
    this.#cancel = () => {
      probe.destroy();
    };
  }

  #fail(error: Error): void {
    this.#failed(connectionFailure(error, this.#url, this.options.other));
  }

  #failed(failure: ConnectionFailure): void {
    if (this.#isOver) return;
    this.end();
    this.events.failed(failure);
  }
}

/** What a WebSocket uses in place of a connection of its own. */
function socketsIn(
  tunnel: Socket,
  url: URL,
  ca: string[] | undefined,
): NonNullable<ClientOptions['createConnection']> {
  const host = hostOf(url);
  return url.protocol === 'wss:'
    ? () => connectTls({ socket: tunnel, host, servername: isIP(host) === 0 ? host : '', ...(ca && { ca }) })
    : () => tunnel;
}

/**
 * The mask of zeros. Masks keep scripts of web pages from writing bytes that a cache on the way takes for another's
 * request (RFC 6455, section 10.3); this is no web page, and masking a model takes longer than sending it.
 */
function unmasked(mask: Uint8Array): void {
  mask.fill(0);
}
