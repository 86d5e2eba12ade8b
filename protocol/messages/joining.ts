/** The handshake: hello, welcome, ready or mismatch, and then what the run is doing. */
import { z } from 'zod';
import {
  client,
  clients,
  commits,
  count,
  round,
  list,
  milliseconds,
  ranges,
  record,
  secret,
  sha256,
  text,
  worker,
} from './fields.js';

/** What a worker that has data of its own says of it: counts, and labels only where that is allowed. */
export const localShard = z.strictObject({
  name: text(200).describe('The client that the data are of.'),
  samples: count.max(2 ** 24),
  labels: list(count, 100_000).optional().describe('How many examples each class has.'),
});

export const hello = z
  .strictObject({
    software: text(200).describe('Name and version, for the log.'),
    host: text(255).optional().describe("The machine's name, for the log."),
    credential: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('token'), token: secret }),
        z.strictObject({ kind: z.literal('key'), key: secret }),
      ])
      .optional()
      .describe('The join token, or the key of the client that is claimed by name.'),
    resume: z
      .strictObject({ run: text(64), worker, secret })
      .optional()
      .describe('Who the worker was in this run, from its welcome.'),
    engine: z.strictObject({
      kind: text(40),
      kernel: text(64).describe('SHA-256 of the kernels, or empty.'),
    }),
    plugins: record(text(500), sha256).describe(
      'Of the plugin files that are loaded, and of those that they import, by their names.',
    ),
    claim: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('any') }),
        z.strictObject({ kind: z.literal('clients'), ranges }),
        z.strictObject({ kind: z.literal('local'), shards: list(localShard, 10_000, 1) }),
      ])
      .describe('Whichever clients are free, these clients, or clients whose data are here.'),
    encodings: list(text(40), 100).describe('Encodings of tensors that the worker can read and write.'),
    listen: text(500).optional().describe('The WebSocket address at which other workers reach this one.'),
    holds: list(sha256, 1000)
      .default([])
      .describe('Vectors that the worker still has; they are not sent again.'),
    pending: list(
      z.strictObject({
        round,
        client,
        attempt: count,
        state: z.enum(['training', 'answered', 'accepted']),
      }),
      1_000_000,
    )
      .default([])
      .describe('Tasks of which the worker does not know yet whether they counted.'),
    checkpoints: list(round, 1000).default([]).describe('Gossip: rounds that the worker can return to.'),
    epoch: count.default(0).describe('Gossip: the epoch that its nodes are in; 0 where it has none yet.'),
  })
  .describe('The first message: who the worker is, what it can do, what it claims.');

/** At least room for a preamble and for numbers beside it. */
const frameSize = z
  .int()
  .min(64)
  .max(2 ** 31 - 1);

const hashes = z.strictObject({
  recipe: sha256,
  bits: list(text(100), 1000).describe(
    "The version of the recipe's bits: the changes of the program that affect it, oldest first.",
  ),
  data: record(text(4000), sha256).describe(
    'Of the files that the data were read from, by their names; empty where workers have data of their own.',
  ),
  layout: sha256.describe('Of the manifest of the initial weights, as canonical JSON.'),
  partition: sha256.describe("Of the lists of examples of this worker's clients."),
  weights: sha256.describe('Of the initial weights, little-endian float32.'),
});

export const welcome = z
  .strictObject({
    worker,
    secret: secret.describe('With it the worker can resume its identity.'),
    run: text(64),
    recipe: text(1_000_000).describe('The resolved recipe, as JSON.'),
    mixed: z
      .boolean()
      .describe('Whether workers with other engines are admitted; then bits are not promised.'),
    hashes,
    clients: ranges.describe('The clients that are now this worker’s.'),
    names: record(text(200), client)
      .optional()
      .describe('The numbers of the clients that were claimed by name.'),
    round: round.describe('The last round (or gossip round) that is over.'),
    durable: round.describe('The last round to which the coordinator can fall back, at most.'),
    commits,
    heartbeat: z.strictObject({
      everyMs: milliseconds.describe('How often each side sends a ping.'),
      timeoutMs: milliseconds.describe('After how long without any message the other side is given up.'),
    }),
    limits: z.strictObject({
      chunkBytes: frameSize.describe('Frames above this size, at least 64, are sent in chunks.'),
      frameBytes: frameSize.describe('The largest frame that is accepted, whole.'),
    }),
  })
  .describe(
    "Who the worker is now, what the run is, which clients are the worker's. Tensors: `file/FIELD`, the bytes of each file that a field of the recipe names besides its data, but for `init.file`: `file/topology.path`, `file/model.file`, `file/loss.teacher`.",
  );

export const ready = z
  .strictObject({
    hashes: hashes,
  })
  .describe("The worker has made the recipe's objects: their hashes, as it computed them or was sent them.");

export const mismatch = z
  .strictObject({
    differs: list(z.enum(['partition', 'weights']), 10, 1),
    clients: clients.optional().describe('Whose lists of examples the tensor `partition` holds.'),
    sizes: list(count, 1_000_000)
      .optional()
      .describe('How many examples each of them has; the lists lie one after another.'),
  })
  .describe(
    'Which of the hashes differ. The worker takes over what comes with it and says ready again. Tensors: `weights` (float32), `partition` (uint32), as they differ.',
  );
