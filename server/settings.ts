/** What a coordinator is told about this deployment: nothing here changes the bits of a run without a deadline. */
import type { FrameLimits } from '../protocol/index.js';

export interface CoordinatorSettings {
  /** The join token; anybody may join where it is left out. */
  readonly token: string | undefined;
  /** Of the plugin files that are loaded, in ascending order. */
  readonly plugins: readonly string[];
  /** Among how many workers the clients are divided that nobody claims by number. */
  readonly workers: number;
  readonly heartbeat: { readonly everyMs: number; readonly timeoutMs: number };
  readonly handshakeMs: number;
  readonly limits: { readonly chunkBytes: number } & FrameLimits;
}

export const defaultSettings: CoordinatorSettings = {
  token: undefined,
  plugins: [],
  workers: 1,
  heartbeat: { everyMs: 5_000, timeoutMs: 20_000 },
  handshakeMs: 60_000,
  limits: { chunkBytes: 2 ** 20, frameBytes: 2 ** 31 - 1, headerBytes: 2 ** 24, tensors: 2 ** 15 },
};
