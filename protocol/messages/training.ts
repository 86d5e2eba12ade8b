/** An update's life in a federation: task, update, accepted or refused, committed. And evaluation. */
import { z } from 'zod';
import { refusals } from '../codes.js';
import {
  client,
  clients,
  commits,
  count,
  lossSum,
  round,
  json,
  list,
  milliseconds,
  record,
  sentence,
  sha256,
  tensorName,
  text,
  vectors,
} from './fields.js';

/** An update is known by these three: however often it arrives, it counts once. */
const identity = {
  round,
  client,
  attempt: count.describe('How often the client was asked before in this round.'),
};

const heldTensors = record(tensorName, sha256)
  .default({})
  .describe(
    'SHA-256 of the bytes of each tensor that the message names. Those that the worker holds are not sent again.',
  );

export const task = z
  .strictObject({
    round,
    to: list(
      z.strictObject({
        client,
        attempt: identity.attempt,
        header: json.optional().describe("The algorithm's own small data."),
        vectors: vectors.describe('Names of vectors → names of tensors; clients may share one.'),
      }),
      100_000,
      1,
    ),
    sha256: heldTensors,
    deadlineMs: milliseconds.optional().describe('How long from now an update can count.'),
  })
  .describe('Train these clients. Tensors: those that the message names and the worker does not hold.');

export const update = z
  .strictObject({
    ...identity,
    samples: count.describe('How many examples stand behind it.'),
    steps: count.describe('Optimizer steps that the client took for it.'),
    header: json.optional(),
    scalars: record(text(200), z.number()).describe(
      'Reduced like vectors; `loss` is the mean training loss.',
    ),
    vectors,
  })
  .describe("A client's answer. Tensors: those that `vectors` names.");

export const failed = z
  .strictObject({ ...identity, sentence: sentence.describe('Why there is no update.') })
  .describe('A client cannot answer.');

export const cancel = z
  .strictObject({ round, clients })
  .describe('Answers of these clients are not awaited any more in this round.');

export const accepted = z
  .strictObject(identity)
  .describe('The update has come, or had come before; it need not be sent again.');

export const refused = z
  .strictObject({
    ...identity,
    reason: z.enum(Object.keys(refusals) as [keyof typeof refusals, ...(keyof typeof refusals)[]]),
    sentence,
    next: round.describe('The next round that the client may submit to.'),
  })
  .describe('The update does not count. The connection stays open.');

export const committed = z
  .strictObject({
    round: round.describe('The last round that is over.'),
    durable: round.describe('The last round to which the coordinator can fall back, at most.'),
    commits,
  })
  .describe('A round is over.');

const evaluation = z.strictObject({
  client,
  count: count.describe('How many examples it was evaluated on.'),
  correct: count,
  lossSum,
});

export const evaluate = z
  .strictObject({
    id: count,
    round,
    clients: clients.describe('On whose own examples.'),
    model: json.optional().describe("The model's spec, where it is not the recipe's any more."),
    vectors: vectors.describe('`weights`; left out where gossip nodes are to test their own.'),
    sha256: heldTensors,
  })
  .describe("Evaluate a model on clients' own examples. Tensors: as with task.");

export const evaluated = z
  .strictObject({ id: count, results: list(evaluation, 1_000_000) })
  .describe('The sums of an evaluation, client by client.');
