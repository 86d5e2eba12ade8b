/** Refusals of settings that several gossip algorithms cannot work in; sentences. */
import type { Community } from '../gossip.js';

export const refuseAsynchronous = (kind: string, { synchronous }: Community): string | undefined =>
  synchronous
    ? undefined
    : `${kind} mixes the models of one round; use a synchronous schedule, or gossip with order: update-merge`;

export const refuseUnreliable = (
  kind: string,
  what: string,
  { unreliable }: Community,
): string | undefined =>
  unreliable
    ? `${kind} keeps ${what} only if every message comes; use links without loss and nodes that stay`
    : undefined;
