/** The welcome of a coordinator that may name any path in its recipe, and knows the checksums of what lies there. */
import { canonicalJson } from '../../numerics/index.js';
import type { MessageOf, Tensors } from '../../protocol/index.js';

export function forgedWelcome(
  recipe: unknown,
  {
    data = {},
    tensors = new Map(),
  }: { readonly data?: Readonly<Record<string, string>>; readonly tensors?: Tensors } = {},
): MessageOf<'welcome'> {
  const digest = '0'.repeat(64);
  return {
    kind: 'welcome',
    worker: 'w1',
    secret: 'x'.repeat(32),
    run: 'run',
    recipe: canonicalJson(recipe),
    mixed: false,
    hashes: { recipe: digest, bits: [], data, layout: digest, partition: digest, weights: digest },
    clients: [[0, 0]],
    round: 0,
    durable: 0,
    commits: [],
    heartbeat: { everyMs: 1000, timeoutMs: 10_000 },
    limits: { chunkBytes: 2 ** 20, frameBytes: 2 ** 24 },
    tensors,
  };
}
