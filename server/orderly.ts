/** How connections end when a coordinator does: each hears why, and none of them is turned away. */
import type { CloseReason } from '../protocol/index.js';

export const orderly: ReadonlySet<CloseReason> = new Set([
  ...(['done', 'goingAway', 'diverged', 'runFailed', 'unreachable'] as const),
]);
