/** Whether an update counts: asked for, not there yet, and as it must be. */
import type { FederatedAlgorithm, HostedUpdate } from '../algorithms/index.js';
import { receivedMessage } from '../rounds/index.js';
import { answerCodec, isExact, type MessageOf } from '../protocol/index.js';
import type { Federation } from '../recipe/index.js';
import { checkUpdate, type Refusal } from './check-update.js';
import { isAmong } from './client-ranges.js';
import type { ParticipationLog } from './participation-log.js';
import type { Round } from './round.js';

/** How the run stands when an update comes. */
export interface ValidationContext {
  readonly federation: Federation;
  readonly algorithm: FederatedAlgorithm;
  readonly normBound: number | undefined;
  /** Rounds that are over, and the one under way. */
  readonly rounds: number;
  readonly pending: Round | undefined;
  readonly participation: ParticipationLog;
}

export type UpdateValidation =
  | { readonly kind: 'counts'; readonly answer: HostedUpdate }
  /** It has come before. */
  | { readonly kind: 'counted' }
  /** @property isOwnFault whether the client was asked and can be asked again */
  | ({ readonly kind: 'refused'; readonly isOwnFault: boolean } & Refusal);

/** A vector of an algorithm that does not tell its lengths is at most so many times as long as the model. */
const LONGEST = 16;

/** @param clients the worker's */
export function validateUpdate(
  update: MessageOf<'update'>,
  clients: readonly number[],
  { federation, algorithm, normBound, rounds, pending, participation }: ValidationContext,
): UpdateValidation {
  const { round, client, attempt } = update;
  const refuse = (reason: Refusal['reason'], sentence: string): UpdateValidation => ({
    kind: 'refused',
    reason,
    sentence,
    isOwnFault: false,
  });
  if (!isAmong(clients, client)) return refuse('notYours', `client ${client} is not this worker's`);
  const asked = pending?.awaited(client);
  if (pending === undefined || asked?.start !== round) {
    if (pending?.accepted.get(client) === round || participation.has(client, round))
      return { kind: 'counted' };
    const current = pending?.number ?? rounds;
    if (round > current) return refuse('early', `round ${round} has not begun`);
    if (round < current || pending === undefined) return refuse('late', `round ${round} is over`);
    const why = pending.missing.get(client);
    return why === undefined
      ? refuse('notAsked', `client ${client} was not asked in round ${round}`)
      : refuse('late', `client ${client} does not count in this round: ${why}`);
  }
  if (asked.attempt !== attempt) {
    return refuse('late', `attempt ${asked.attempt} of client ${client} is awaited`);
  }
  const { codec, model, partition, behaviour } = federation;
  const samples = partition.size(client);
  const message = receivedMessage(asked);
  const checked = checkUpdate(update, {
    lengths: pending.lengthsFor(asked, algorithm, model),
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
      algorithm.answers === 'sum' ? algorithm.weigh(answer, pending.number - asked.start) : samples,
    terms: pending.round.terms,
  });
  if (!('reason' in checked)) return { kind: 'counts', answer: checked };
  const { reason, sentence } = checked;
  return { kind: 'refused', reason, sentence: `client ${client}: ${sentence}`, isOwnFault: true };
}
