/** The HTTP proxy of an address, by the usual environment variables, and tunnels through it (CONNECT). */
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Socket } from 'node:net';
import { getProxyForUrl } from 'proxy-from-env';
import { hostOf, portOf, withoutSecrets } from './addresses.js';

/** A proxy that cannot be used, or does not open a tunnel. */
export class ProxyError extends Error {
  override name = 'ProxyError';

  /** @param status what the proxy answered, if it did */
  constructor(
    message: string,
    readonly status?: number,
  ) {
    super(message);
  }
}

/** Connections within this machine never leave it (Go and Python leave them out in the same way). */
const LOOPBACK = /^(localhost|127(\.\d+){3}|::1)$/i;

/**
 * @returns the proxy that HTTP_PROXY (for ws:) or HTTPS_PROXY (for wss:), ALL_PROXY and NO_PROXY name, also in lower case
 * @throws ProxyError if it is none that can be used
 */
export function proxyOf(address: URL): URL | undefined {
  if (LOOPBACK.test(hostOf(address))) return undefined;
  const target = new URL(address);
  target.protocol = address.protocol === 'wss:' ? 'https:' : 'http:';
  const named = getProxyForUrl(target.href);
  if (named === '') return undefined;
  // A proxy without a scheme comes back with the target's; curl and others take it for one that speaks plain HTTP.
  const isComplete = Object.entries(process.env).some(
    ([name, value]) => /_proxy$/i.test(name) && value === named,
  );
  const url = isComplete ? named : named.replace(/^https:/, 'http:');
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new ProxyError(
      `the proxy of the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY) must be http://HOST:PORT or https://HOST:PORT, not ${URL.canParse(url) ? withoutSecrets(new URL(url)) : 'what it is'}; NO_PROXY names hosts to connect to without it`,
    );
  }
  return new URL(url);
}

export interface TunnelEvents {
  opened(tunnel: Socket): void;
  /** With a ProxyError if the proxy has answered. */
  failed(error: Error): void;
}

/**
 * Asks a proxy for a connection to an address.
 * @param ca the authorities to trust in place of the usual ones, if the proxy itself speaks TLS
 * @returns gives up: neither event is told any more
 */
export function openTunnel(
  proxy: URL,
  address: URL,
  ca: string[] | undefined,
  events: TunnelEvents,
): () => void {
  const target = `${address.hostname}:${portOf(address)}`;
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const request = (proxy.protocol === 'https:' ? secureRequest : plainRequest)({
    host: hostOf(proxy),
    port: portOf(proxy),
    method: 'CONNECT',
    path: target,
    agent: false,
    headers: {
      host: target,
      ...(login !== ':' && { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
    },
    ...(ca && { ca }),
  });
  let isOver = false;
  const end = (tell: () => void) => {
    if (isOver) return;
    isOver = true;
    tell();
  };
  const refused = ({ statusCode = 0, statusMessage = '' }: IncomingMessage) => {
    end(() => {
      events.failed(
        new ProxyError(refusal(withoutSecrets(proxy), target, statusCode, statusMessage), statusCode),
      );
    });
  };
  request.on('connect', (response, socket: Socket, head: Buffer) => {
    if (response.statusCode !== 200) {
      socket.destroy();
      refused(response);
      return;
    }
    if (head.length > 0) socket.unshift(head);
    end(() => {
      events.opened(socket);
    });
  });
  request.on('response', (response) => {
    response.destroy();
    refused(response);
  });
  request.on('error', (error) => {
    end(() => {
      events.failed(error);
    });
  });
  request.end();
  return () => {
    isOver = true;
    request.destroy();
  };
}

const LOGIN = ': give a login with its address, http://USER:PASSWORD@HOST:PORT';

const refusal = (proxy: string, target: string, status: number, statusMessage: string) =>
  `the proxy ${proxy} refuses to connect to ${target} (${status} ${statusMessage})${status === 407 ? LOGIN : '; NO_PROXY names hosts to connect to without it'}`;
