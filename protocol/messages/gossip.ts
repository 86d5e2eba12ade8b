/** Gossip over the network: who is where, what nodes send each other, exact summaries, common checkpoints. */
import { z } from 'zod';
import {
  bigInteger,
  client,
  count,
  exactSum,
  exchange,
  list,
  ranges,
  record,
  secret,
  sha256,
  tensorName,
  text,
  vectors,
  worker,
} from './fields.js';

export const membership = z
  .strictObject({
    version: count.describe('Grows with every change.'),
    workers: list(
      z.strictObject({
        worker,
        nodes: ranges,
        address: text(500).optional().describe('Where it listens; left out, messages go by the coordinator.'),
        ticket: secret.optional().describe('What the two workers of this pair know of each other.'),
      }),
      100_000,
    ),
  })
  .describe('Where every node is. Sent again, whole, when that changes.');

export const start = z
  .strictObject({
    round: exchange.describe('The round to begin with: the one after the last common checkpoint.'),
  })
  .describe('Gossip begins.');

export const stop = z
  .strictObject({
    reason: z.enum(['rounds', 'target', 'done', 'failed', 'interrupted']),
    exchange: exchange.describe('The last one that counted.'),
  })
  .describe('The run is over; goodbye follows.');

export const peerHello = z
  .strictObject({ run: text(64), from: worker, to: worker, ticket: secret })
  .describe('The first message of a connection between two workers.');
export const peerWelcome = z
  .strictObject({
    received: list(z.strictObject({ from: client, to: client, upTo: count }), 1_000_000),
  })
  .describe('The ticket is right; what had come before from this worker.');

export const gossip = z
  .strictObject({
    from: client,
    to: client,
    round: count.describe("The sender's round when it was sent, counted from 0."),
    sequence: count.describe("Counts the sender's messages; with `from` it makes a message count once."),
    nothing: z
      .boolean()
      .optional()
      .describe('Synchronous rounds: the neighbour sends nothing in this round, so do not wait for it.'),
    header: record(text(200), z.number()).default({}).describe("The algorithm's own small data."),
    part: z
      .union([
        z.strictObject({ start: count, end: count }),
        z.strictObject({ coordinates: tensorName.describe('A tensor of uint32, ascending.') }),
      ])
      .optional()
      .describe('Which coordinates of the model the vectors hold.'),
    vectors,
  })
  .describe(
    'From node to node: directly, or by the coordinator, which reads `to` only. Tensors: those that `vectors` and `part` name.',
  );

export const acknowledge = z
  .strictObject({
    received: list(z.strictObject({ from: client, to: client, sequences: list(count, 100_000) }), 100_000),
  })
  .describe('These gossip messages are stored; they need not be sent again.');

export const report = z
  .strictObject({
    round: exchange,
    nodes: count,
    sums: record(text(200), exactSum).describe('`loss` weighted by examples, and the like.'),
    counts: record(text(200), z.number()).describe(
      'Summed by name: bytes, messages, merges, what algorithms count.',
    ),
    missing: list(client, 1_000_000).default([]).describe('Nodes that were away.'),
  })
  .describe(
    "What happened at a worker's nodes in a round, summed. Sums are exact, so that any order gives the same.",
  );

export const summarize = z
  .strictObject({
    id: count,
    round: exchange.describe('Of the state of the nodes after this round.'),
    want: list(z.enum(['sum', 'distance', 'variance', 'digests', 'accuracies']), 10, 1).describe(
      '`distance` is from the tensor `mean`, which the message then carries.',
    ),
    nodes: list(client, 1_000_000).optional().describe('Accuracies: of which nodes.'),
    examples: count.optional().describe('Accuracies: on how many test examples.'),
  })
  .describe(
    'Summarize the nodes as they are after a round. Tensors: `mean` (float32), where distances are wanted.',
  );

export const summary = z
  .strictObject({
    id: count,
    round: exchange,
    sum: z
      .strictObject({
        terms: count,
        weight: bigInteger,
        largest: z.number().describe('The largest size of a term, times 2³².'),
      })
      .optional()
      .describe(
        'With the tensor `sum`, int64: the exact partial sum of the weights of the nodes, times 2³².',
      ),
    sums: record(text(200), exactSum)
      .default({})
      .describe('`distance`: of ‖xᵢ − x̄‖². And the like, by name.'),
    digests: list(z.strictObject({ node: client, sha256 }), 1_000_000)
      .default([])
      .describe("SHA-256 of each node's weights."),
    accuracies: list(
      z.strictObject({ node: client, correct: count, count, lossSum: z.number() }),
      1_000_000,
    ).default([]),
  })
  .describe('Exact partial sums over the nodes of a worker. Tensors: `sum` (int64), where it was wanted.');

export const checkpoint = z
  .strictObject({ round: exchange.describe('Keep the state after this round.') })
  .describe('Keep the state of all nodes after this round.');
export const checkpointed = z.strictObject({ round: exchange }).describe('It is kept.');
export const returnTo = z
  .strictObject({
    round: exchange,
  })
  .describe('Go back to this round, the last one that every worker holds; later state is dropped.');
export const returned = z.strictObject({ round: exchange }).describe('The nodes are back there.');
