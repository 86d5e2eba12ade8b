/** What a worker's results of an evaluation must be before they count. */
import { positionsOf, type Model } from '../learning/index.js';
import { ProtocolError, type MessageOf } from '../protocol/index.js';
import { isAmong } from './client-ranges.js';

export interface EvaluatedClients {
  readonly model: Model;
  /** The worker's clients, in ascending order. */
  readonly clients: readonly number[];
  /** How many examples a client has. */
  readonly samples: (client: number) => number;
}

/** No sum of losses in float32 is so large for each prediction. */
const LARGEST_LOSS = 2 ** 128;

/** @throws ProtocolError with the field that cannot be, for which the worker is turned away */
export function checkResults(
  results: MessageOf<'evaluated'>['results'],
  { model, clients, samples }: EvaluatedClients,
): void {
  const positions = positionsOf(model);
  const seen = new Set<number>();
  for (const [i, { client, count, correct, lossSum }] of results.entries()) {
    const refuse = (field: string, sentence: string) =>
      new ProtocolError('unexpected', `results.${i}.${field} of a message 'evaluated': ${sentence}`);
    if (!isAmong(clients, client)) throw refuse('client', `client ${client} is not this worker's`);
    if (seen.has(client)) throw refuse('client', `client ${client} is there twice`);
    seen.add(client);
    const due = samples(client) * positions;
    if (count !== due) throw refuse('count', `client ${client} has ${due} predictions, not ${count}`);
    if (correct > count) throw refuse('correct', `${correct} of ${count} predictions cannot be correct`);
    if (lossSum !== null && !(Math.abs(lossSum) < LARGEST_LOSS * count)) {
      throw refuse('lossSum', `${lossSum} is beyond what ${count} losses add up to`);
    }
  }
}
