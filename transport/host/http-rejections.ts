/** What a server that listens for WebSockets rejects before there is a WebSocket: each leaves a line with its address. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocketServer } from 'ws';
import { opensslReason } from './openssl-reason.js';
import type { Rejections } from './rejections.js';

const RETRY_AFTER_SECONDS = 5;
const LINGER_MS = 1_000;

/** Answers an upgrade that is not let in. @returns false if it is */
export function isRefused(
  { headers, socket: { remoteAddress: address = '' } }: IncomingMessage,
  socket: Duplex,
  { origins }: { readonly origins?: readonly string[] },
  rejections: Rejections,
): boolean {
  const { origin } = headers;
  if (rejections.refuses(address)) {
    const sentence = 'connections from this address have failed too often; it may try again later';
    rejections.note({ address, reason: 'tooManyFailures', sentence, isFault: false });
    end(socket, '429 Too Many Requests', `Retry-After: ${RETRY_AFTER_SECONDS}\r\n`, sentence);
    return true;
  }
  if (origin !== undefined && origins?.includes(origin) !== true) {
    const sentence = `the origin ${shortened(origin)} is not on the list (--origin)`;
    rejections.note({ address, reason: 'origin', sentence, isFault: true });
    end(socket, '403 Forbidden', '', 'This origin may not connect.');
    return true;
  }
  return false;
}

/** Requests for pages that are not there, which workers do not make. */
export function noteUnknownPage(
  { method = '', url = '', socket: { remoteAddress: address = '' } }: IncomingMessage,
  { statusCode }: ServerResponse,
  rejections: Rejections,
): void {
  if (statusCode !== 404 && statusCode !== 405) return;
  const sentence = `${method} ${shortened(url)} is no page of this server`;
  rejections.note({ address, reason: 'path', sentence, isFault: false });
}

/** Whatever is not TLS, not HTTP, or no right upgrade. */
export function noteViolations(server: Server, sockets: WebSocketServer, rejections: Rejections): void {
  const fault = (address = '', reason: string, sentence: string) => {
    rejections.note({ address, reason, sentence, isFault: true });
  };
  // A server of HTTPS tells failed handshakes here too.
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const { remoteAddress } = socket;
    const isTls = error.code?.startsWith('ERR_SSL') === true;
    if (isTls) fault(remoteAddress, 'tls', tlsSentence(error));
    else if (!isLoss(error)) fault(remoteAddress, 'http', `its request is no HTTP (${error.message})`);
    if (socket.writable && !isTls) end(socket, '400 Bad Request', '', 'This is no HTTP.');
    else socket.destroy();
  });
  sockets.on('wsClientError', (error, socket, { socket: { remoteAddress } }) => {
    fault(remoteAddress, 'upgrade', `its upgrade is no WebSocket's (${error.message})`);
    end(socket, '400 Bad Request', 'Sec-WebSocket-Version: 13\r\n', `${error.message}.`);
  });
  server.on('drop', (data?: { remoteAddress?: string }) => {
    const [address, sentence] = [data?.remoteAddress ?? '', 'too many connections are open already'];
    rejections.note({ address, reason: 'tooMany', sentence, isFault: false });
  });
}

/** The other side has gone, which breaks no rule: port probes of load balancers do it all the time. */
const isLoss = ({ code }: NodeJS.ErrnoException) => code === 'ECONNRESET' || code === 'EPIPE';

function end(socket: Duplex, status: string, headers: string, sentence: string): void {
  // It may hang up before it has read this.
  socket.on('error', () => undefined);
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\n${headers}Content-Type: text/plain; charset=utf-8\r\n\r\n${sentence}\n`,
  );
  // A peer that never hangs up does not keep its descriptor.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

const tlsSentence = (error: NodeJS.ErrnoException) =>
  error.code === 'ERR_SSL_HTTP_REQUEST'
    ? 'it speaks HTTP without TLS: workers connect to wss:// here'
    : `the TLS handshake failed (${opensslReason(error)})`;

/** Unauthenticated clients choose these. */
const shortened = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
