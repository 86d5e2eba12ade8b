/** Closes a WebSocket that there is no room for. */
import type { WebSocket } from 'ws';
import { closeCodes, type CloseReason } from '../protocol/index.js';

/** Whoever does not answer the close keeps its descriptor no longer. */
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
