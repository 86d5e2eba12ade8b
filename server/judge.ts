/** Whether an update counts: asked for, not there yet, and as it must be. */
import type { FederatedAlgorithm, HostedAnswer } from '../algorithms/index.js';
import { receivedMessage } from '../hosting/index.js';
import { answerCodec, isExact, type MessageOf } from '../protocol/index.js';
import type { Federation } from '../recipe/index.js';
import { checkUpdate, type Refusal } from './check-update.js';
import { isAmong } from './client-ranges.js';
import type { Counted } from './counted.js';
import type { Round } from './round.js';

/** How the run stands when an update comes. */
export interface Standing {
  readonly federation: Federation;
  readonly algorithm: FederatedAlgorithm;
  readonly normBound: number | undefined;
  /** Exchanges that are over, and the one under way. */
  readonly exchanges: number;
  readonly round: Round | undefined;
  readonly counted: Counted;
}

export type Judgement =
  | { readonly kind: 'counts'; readonly answer: HostedAnswer }
  /** It has come before. */
  | { readonly kind: 'counted' }
  /** @property isOwnFault whether the client was asked and can be asked again */
  | ({ readonly kind: 'refused'; readonly isOwnFault: boolean } & Refusal);

/** A vector of an algorithm that does not tell its lengths is at most so many times as long as the model. */
const LONGEST = 16;

/** @param clients the worker's */
export function judge(
  update: MessageOf<'update'>,
  clients: readonly number[],
  { federation, algorithm, normBound, exchanges, round, counted }: Standing,
): Judgement {
  const { exchange, client, attempt } = update;
  const refuse = (reason: Refusal['reason'], sentence: string): Judgement => ({
    kind: 'refused',
    reason,
    sentence,
    isOwnFault: false,
  });
  if (!isAmong(clients, client)) return refuse('notYours', `client ${client} is not this worker's`);
  const asked = round?.awaited(client);
  if (round === undefined || asked?.start !== exchange) {
    if (round?.accepted.get(client) === exchange || counted.has(client, exchange)) return { kind: 'counted' };
    const current = round?.number ?? exchanges;
    if (exchange > current) return refuse('early', `exchange ${exchange} has not begun`);
    if (exchange < current || round === undefined) return refuse('late', `exchange ${exchange} is over`);
    const why = round.missing.get(client);
    return why === undefined
      ? refuse('notAsked', `client ${client} was not asked in exchange ${exchange}`)
      : refuse('late', `client ${client} does not count in this exchange: ${why}`);
  }
  if (asked.attempt !== attempt) {
    return refuse('late', `attempt ${asked.attempt} of client ${client} is awaited`);
  }
  const { codec, model, partition, behaviour } = federation;
  const samples = partition.size(client);
  const message = receivedMessage(asked);
  const checked = checkUpdate(update, {
    lengths: round.lengthsFor(asked, algorithm, model),
    samples,
    longest: LONGEST * model.manifest.length,
    codecOf: (name) => answerCodec(codec, name),
    manifest: model.manifest,
    normBound,
    refuse: (answer) =>
      algorithm.refuseAnswer?.(answer, message, {
        model,
        samples,
        isExact: isExact(codec),
        localAmount: (planned, number) => behaviour.localAmount(client, planned, number),
      }),
    weigh: (answer) =>
      algorithm.answers === 'sum' ? algorithm.weigh(answer, round.number - asked.start) : samples,
    terms: round.exchange.terms,
  });
  if (!('reason' in checked)) return { kind: 'counts', answer: checked };
  const { reason, sentence } = checked;
  return { kind: 'refused', reason, sentence: `client ${client}: ${sentence}`, isOwnFault: true };
}
