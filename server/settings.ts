/** What a coordinator is told about this deployment: nothing here changes the bits of a run without a deadline. */
import { FAILURES, type Rate } from '../transport/index.js';
import type { ClientKey } from './keys.js';
import type { FrameLimits } from '../protocol/index.js';

export interface CoordinatorSettings {
  /** This program's version, for messages about workers of another version. */
  readonly version: string;
  /** The join token; anybody may join where it is left out. */
  readonly token: string | undefined;
  /** Keys of clients, in place of the token. */
  readonly keys: readonly ClientKey[] | undefined;
  /** SHA-256 of the plugin files that are loaded, by their names. */
  readonly plugins: Readonly<Record<string, string>>;
  /** Among how many workers the clients are divided that nobody claims by number. */
  readonly workers: number;
  readonly heartbeat: { readonly everyMs: number; readonly timeoutMs: number };
  readonly handshakeMs: number;
  /** How long a run that is over stays at most for workers that are away to hear of it. */
  readonly shutdownMs: number;
  /** Of a worker's connection, once it is known who it is. */
  readonly limits: { readonly chunkBytes: number } & FrameLimits;
  readonly rate: Rate;
  /** Connections from one address that have not said yet who they are. */
  readonly pendingConnections: number;
  /** How often an address may fail to say who it is, before it is refused for a while. */
  readonly failures: Rate;
}

export const defaultSettings: CoordinatorSettings = {
  version: 'unknown',
  token: undefined,
  keys: undefined,
  plugins: {},
  workers: 1,
  heartbeat: { everyMs: 5_000, timeoutMs: 20_000 },
  handshakeMs: 60_000,
  // A worker notices after a minute at most that a connection is dead, and tries again every 15 s at least.
  shutdownMs: 90_000,
  limits: { chunkBytes: 2 ** 20, frameBytes: 2 ** 31 - 1, headerBytes: 2 ** 22, tensors: 2 ** 15 },
  rate: { perSecond: 5_000, burst: 20_000 },
  pendingConnections: 512,
  failures: FAILURES,
};
