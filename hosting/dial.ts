/** Connects to a coordinator or a fellow worker. */
import { WebSocket } from 'ws';

export interface DialOptions {
  /** The largest WebSocket message that may come, in bytes. */
  readonly maxPayload: number;
  /** The authorities to trust in place of the usual ones, PEM. */
  readonly ca?: string[] | undefined;
}

const CONNECT_MS = 20_000;

export function dial(address: string, { maxPayload, ca }: DialOptions): WebSocket {
  return new WebSocket(address, {
    perMessageDeflate: false,
    maxPayload,
    handshakeTimeout: CONNECT_MS,
    generateMask: unmasked,
    ...(ca && { ca }),
  });
}

/**
 * The mask of zeros. Masks keep scripts of web pages from writing bytes that a cache on the way takes for another's
 * request (RFC 6455, section 10.3); this is no web page, and masking a model takes longer than sending it.
 */
function unmasked(mask: Uint8Array): void {
  mask.fill(0);
}
