/** A door: WebSockets, and HTTP for what else is told there, over TLS where there is a certificate. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { readCertificate, type CertificateFiles } from './certificate.js';
import { connectionLimit } from './connection-limit.js';
import { isRefused, noteUnknownPage, noteViolations } from './http-rejections.js';
import { limitSilentConnections } from './silent-connections.js';
import type { Rejections } from './rejections.js';

export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  readonly tls?: CertificateFiles;
  /** By which options of the command host and port are given. */
  readonly flags?: { readonly host: string; readonly port: string };
  /** Origins of web pages that may connect; programs other than browsers send none. */
  readonly origins?: readonly string[];
}

export interface Address {
  readonly url: string;
  readonly port: number;
}

export interface ListenerOptions {
  /** The largest WebSocket message; what is larger comes in chunks. */
  readonly maxPayload: number;
  connected(socket: WebSocket, address: string): void;
  answer(request: IncomingMessage, response: ServerResponse): void;
  readonly rejections: Rejections;
}

/** Half-open requests are looked for so often. */
const CHECK_MS = 2_000;

/** @throws Error, a sentence, where the port or the certificate cannot be used */
export async function listen(
  options: ListenOptions,
  door: ListenerOptions,
): Promise<{ server: Server; address: Address }> {
  const server = createHttpServer(options);
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  const limit = connectionLimit();
  server.maxConnections = limit.most;
  limitSilentConnections(server, limit.pending, (address) => {
    const sentence = 'too many connections from this address have sent no request';
    door.rejections.note({ address, reason: 'tooMany', sentence, isFault: false });
  });
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: door.maxPayload,
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    response.once('finish', () => {
      noteUnknownPage(request, response, door.rejections);
    });
    door.answer(request, response);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isRefused(request, socket, options, door.rejections)) return;
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      door.connected(webSocket, request.socket.remoteAddress ?? '');
    });
  });
  noteViolations(server, sockets, door.rejections);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new Error(sentenceOf(error, options), { cause: error }));
    });
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { server, address: { url: `${options.tls ? 'wss' : 'ws'}://${host}:${port}`, port } };
}

function createHttpServer({ tls }: ListenOptions): Server {
  const options = { connectionsCheckingInterval: CHECK_MS };
  if (tls === undefined) return createServer(options);
  const texts = readCertificate(tls);
  try {
    return createSecureServer({ ...options, ...texts });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the certificate ${tls.cert} with the key ${tls.key} cannot be used (${reason})`, {
      cause: error,
    });
  }
}

const FLAGS = { host: '--host', port: '--port' };

function sentenceOf(
  { code, message }: NodeJS.ErrnoException,
  { port, host, flags = FLAGS }: ListenOptions,
): string {
  if (code === 'EADDRINUSE') {
    return `port ${port} of ${host} is taken by another program: choose another with ${flags.port}, or 0 for any`;
  }
  if (code === 'EACCES') return `port ${port} needs more rights: choose one above 1023 with ${flags.port}`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `${host} is no address of this machine: give one with ${flags.host}, or 0.0.0.0 for all`;
  }
  return message;
}
