/** Gossip over the network: who is where, what nodes send each other, exact summaries, common checkpoints. */
import { z } from 'zod';
import {
  client,
  clients,
  count,
  lossSum,
  exactSum,
  round,
  list,
  ranges,
  record,
  secret,
  sentence,
  sha256,
  text,
  vectors,
  worker,
} from './fields.js';

const epoch = count.meta({ title: 'epoch' });
const testSet = z.enum(['test', 'validation', 'own']);

export const membership = z
  .strictObject({
    version: count.describe('Grows with every change.'),
    relays: z
      .boolean()
      .describe('Whether the coordinator passes on what workers send that cannot reach each other.'),
    workers: list(
      z.strictObject({
        worker,
        nodes: ranges,
        session: count.describe(
          'Counts its connections. Where it has grown, what that worker has not acknowledged is sent again; 0: it is away.',
        ),
        address: text(500).optional().describe('Where it listens.'),
        ticket: secret.optional().describe('What the two workers of this pair know of each other.'),
      }),
      100_000,
    ),
  })
  .describe('Where every node is. Sent again, whole, when that changes.');

export const returnTo = z
  .strictObject({
    epoch: epoch.describe('Grows with every return; messages of other epochs do not count.'),
    round: round.describe('0 is the start, as the recipe has it.'),
  })
  .describe(
    'Put the nodes where they were after this round: the last that every worker holds, 0 at first. Later checkpoints are dropped.',
  );
export const returned = z
  .strictObject({ epoch, round: round })
  .describe('The nodes are there, and have not gone on.');

export const start = z
  .strictObject({
    epoch,
    until: round.describe('Nodes go on until the end of this round, and wait there.'),
    durable: round.describe('The coordinator falls back to this round at most: earlier checkpoints can go.'),
  })
  .describe('Gossip goes on. Reports of rounds before the one it goes on with are not needed any more.');

export const gossip = z
  .strictObject({
    peer: worker.describe(
      'To the coordinator: the worker that it is for. From it, and directly: the worker that it is from.',
    ),
    epoch,
    number: count.describe(
      'Counts, from 1, what goes from the one worker to the other in this epoch. Taken in order only.',
    ),
    messages: list(
      z.strictObject({
        from: client,
        to: client,
        round: count.describe("The sender's round when it was sent, counted from 0."),
        sequence: count.describe("Counts the sender's messages; 0 where it sends nothing in this round."),
        time: z.number().describe('The virtual time at which it comes.'),
        nothing: z
          .enum(['message', 'round'])
          .optional()
          .describe(
            'Do not wait: this message is lost, by the links of the recipe; or the node sends this one nothing in the round.',
          ),
        header: record(text(200), z.number()).default({}).describe("The algorithm's own small data."),
        vectors,
      }),
      100_000,
    ),
  })
  .describe(
    'From nodes of one worker to nodes of another: directly, or by the coordinator, which passes it on unread. Tensors: those that `vectors` name; messages may share one.',
  );

export const acknowledge = z
  .strictObject({ peer: worker, epoch, upTo: count })
  .describe('Of what comes from `peer`, all up to this number have come; they are not sent again.');

export const peerHello = z
  .strictObject({ run: text(64), from: worker, to: worker, ticket: secret })
  .describe('The first message of a connection between two workers.');
export const peerWelcome = z.strictObject({ from: worker }).describe('The ticket is right.');

export const unreachable = z
  .strictObject({
    peer: worker,
    address: text(500).describe('Where it was to be, from the membership.'),
    attempts: count.describe('How often in a row.'),
    sentence,
  })
  .describe(
    'Another worker cannot be reached directly. If the recipe wants messages to go directly, the run has failed.',
  );

export const report = z
  .strictObject({
    epoch,
    round: round,
    woken: count,
    missing: clients.describe('Nodes that were away.'),
    localSteps: count.describe('Of these nodes since the start: batches that they took gradients of.'),
    evaluatedSteps: count.describe('Of these, those that the models have taken that are evaluated.'),
    merges: count,
    clamped: count.describe('Factors of the variance correction that were at their bound.'),
    counts: record(text(200), z.number()).describe('What the algorithm counts.'),
    examples: count.describe('Trained on.'),
    corrections: count.describe('How many factors there were.'),
    loss: exactSum.describe('Of the losses over the examples.'),
    factors: exactSum,
    diverged: z.boolean().describe('A loss was not finite.'),
    bytes: count.describe('Of vectors that nodes sent.'),
    relayed: count.describe('Of these, by the coordinator.'),
    direct: count.describe('Of these, directly to other workers.'),
    time: z.number().describe('Virtual time at which the last node was done.'),
    trace: list(
      z.strictObject({
        node: client,
        happened: list(z.union([z.enum(['woke', 'away']), list(count, 2_000_000)]), 1_000_000).describe(
          'In its order: it woke; it was away when it should have; or messages were handed to it: sender, sequence, sender, sequence, …, ascending.',
        ),
      }),
      1_000_000,
    )
      .optional()
      .describe('Asynchronous: what happened at each node, which is all that its model depends on.'),
  })
  .describe(
    "What happened at a worker's nodes in a round, summed. Sums are exact, so that any order gives the same.",
  );

export const summarize = z
  .strictObject({
    epoch,
    id: count.describe('Grows within an epoch.'),
    models: z
      .enum(['evaluated', 'latest'])
      .describe('As they were at the point of the round at which the recipe evaluates them, or as they are.'),
    sum: ranges.optional().describe('Sum the weights of these nodes.'),
    tests: list(z.strictObject({ on: testSet, nodes: clients, examples: count }), 10)
      .default([])
      .describe(
        'Test these nodes on so many examples of a held-out set; `own`: each on all that it trains on.',
      ),
    measure: ranges
      .optional()
      .describe(
        'Measure the squared distance of these nodes from the tensor `mean`, and the variances of their tensors.',
      ),
    digests: ranges.optional().describe('SHA-256 of the weights of these nodes.'),
  })
  .describe('Nodes of this worker are to be looked at while they wait. Tensors: `mean` (float32).');

export const summary = z
  .strictObject({
    epoch,
    id: count,
    sum: z
      .strictObject({
        terms: count,
        weights: exactSum,
        largest: z.number().describe('The largest size of a term, times 2³².'),
      })
      .optional()
      .describe(
        'With the tensor `sum`, int64: the exact partial sum of the weights of the nodes, times 2³².',
      ),
    diverged: z.literal(true).optional().describe('Instead of `sum`: the models are not finite.'),
    tested: list(z.strictObject({ on: testSet, node: client, correct: count, count, lossSum }), 3_000_000),
    measured: list(
      z.strictObject({
        node: client,
        squaredDistance: z.number(),
        variances: list(z.number(), 100_000).describe('Tensor by tensor, in the order of the layout.'),
      }),
      1_000_000,
    ),
    digests: list(z.strictObject({ node: client, sha256 }), 1_000_000),
  })
  .describe('What was asked for. Tensors: `sum` (int64).');

export const complaint = z
  .strictObject({
    peer: worker.describe('Whose message it was.'),
    epoch,
    sentence: sentence.describe('What was wrong with it.'),
  })
  .describe(
    'A message of another worker was not as it must be, and did not count. What the two send each other goes by the coordinator from then on, which checks it: a complaint by itself costs nobody anything.',
  );

export const nodesFailed = z
  .strictObject({
    epoch,
    round: round.describe('The round under way, counted from 1.'),
    diverged: z.boolean().describe('Numbers of a node are not finite, or too large to be summed.'),
    sentence: sentence.describe('Which node cannot go on, and why.'),
  })
  .describe(
    'Nodes of this worker cannot go on. The coordinator lets all nodes return, once; when their worker says it again, the run fails.',
  );

export const checkpoint = z
  .strictObject({ epoch, round: round })
  .describe('Keep the nodes as they are, at the end of this round. Up to two such states are kept.');
export const checkpointed = z.strictObject({ epoch, round: round }).describe('They are kept, durably.');
