/** A WebSocket proxy on this machine that changes one message on its way: what an insider's machine puts on a real wire. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { decodeFrame, type Message, type Way } from '../../protocol/index.js';

const LIMITS = { frameBytes: 2 ** 24, headerBytes: 2 ** 22, tensors: 2 ** 10 };

/** Told what goes each way; what it returns goes in its place. */
export type Change = (message: Message, direction: 'up' | 'down') => Uint8Array<ArrayBuffer> | undefined;

export interface TamperingProxy {
  readonly url: string;
  close(): void;
}

/**
 * @param target where connections go that come, once that is known
 * @param ways which messages go to the target, and which back
 */
export async function tamperingProxy(
  target: () => string,
  ways: { readonly up: Way; readonly down: Way },
  change: Change,
): Promise<TamperingProxy> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  server.on('connection', (near) => {
    const far = new WebSocket(target(), { perMessageDeflate: false });
    const waiting: Buffer[] = [];
    const changed = (data: Buffer, direction: 'up' | 'down') => {
      try {
        return change(decodeFrame(Uint8Array.from(data), ways[direction], LIMITS), direction) ?? data;
      } catch {
        // A chunk, or what was changed before: it goes as it is.
        return data;
      }
    };
    near.on('message', (data: Buffer) => {
      if (far.readyState === WebSocket.OPEN) far.send(changed(data, 'up'));
      else waiting.push(data);
    });
    far.on('open', () => {
      for (const data of waiting) far.send(changed(data, 'up'));
    });
    far.on('message', (data: Buffer) => {
      near.send(changed(data, 'down'));
    });
    pass(near, far);
    pass(far, near);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    close: () => {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

function pass(from: WebSocket, to: WebSocket): void {
  from.on('error', () => {
    to.terminate();
  });
  from.on('close', (code, reason) => {
    const isCode = code === 1000 || code === 1001 || code >= 3000;
    if (isCode) to.close(code, reason);
    else to.terminate();
  });
}
