/**
 * Limits connections that have sent no request yet: they have no WebSocket that could be counted, but a descriptor each. One
 * address has a part of those that there is room for.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { PendingConnections } from '../index.js';

/** @param refused told of the address of a connection that is closed at once */
export function limitSilentConnections(
  server: Server,
  most: number,
  refused: (address: string) => void,
): void {
  const silent = new PendingConnections(most);
  /** With TLS, a request's socket is another object than the connection. */
  const numbers = new Map<string, number>();
  let connections = 0;
  const leave = (peer: string) => {
    const number = numbers.get(peer);
    numbers.delete(peer);
    if (number !== undefined) silent.leave(number);
  };
  server.on('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket;
    const number = ++connections;
    if (!silent.enter(number, remoteAddress)) {
      refused(remoteAddress);
      socket.destroy();
      return;
    }
    const peer = peerOf(socket);
    numbers.set(peer, number);
    socket.once('close', () => {
      leave(peer);
    });
  });
  const hasSpoken = ({ socket }: IncomingMessage) => {
    leave(peerOf(socket));
  };
  server.on('request', hasSpoken).on('upgrade', hasSpoken);
}

const peerOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress ?? ''} ${remotePort ?? 0}`;
