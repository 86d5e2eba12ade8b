/** Closes a WebSocket that there is no room for. */
import type { WebSocket } from 'ws';
import { closeCodes, type CloseReason } from '../../protocol/index.js';

/** A peer that does not answer the close does not keep its descriptor. */
const LINGER_MS = 1_000;

export function refuseConnection(socket: WebSocket, reason: CloseReason, sentence: string): void {
  socket.on('error', () => {
    // It is closed in any case.
  });
  socket.close(closeCodes[reason].code, sentence);
  setTimeout(() => {
    socket.terminate();
  }, LINGER_MS).unref();
}
