/** Trains clients in threads: the vectors of their messages lie in memory that threads share. */
import type { FederatedAlgorithm, Payload } from '../algorithms/index.js';
import { buffersIn, update, vectorSharer, type Executor, type UpdateResult } from '../execution/index.js';
import { receivedMessage, type SelectedClient } from '../rounds/index.js';
import { UpdateFailedError } from '../errors/index.js';

export class Training {
  #round = 0;
  #share = messageSharer();

  constructor(
    readonly executor: Executor,
    readonly algorithm: Pick<FederatedAlgorithm, 'answers'>,
  ) {}

  get threads(): number {
    return this.executor.threads;
  }

  /** @throws UpdateFailedError */
  async train(asked: SelectedClient, clientState: unknown): Promise<UpdateResult> {
    const { client, start } = asked;
    // Those who are asked in one round are mostly sent the same.
    if (start !== this.#round) this.#share = messageSharer();
    this.#round = start;
    try {
      const message = this.#share(receivedMessage(asked));
      return await this.executor.perform(update, { client, message, clientState });
    } catch (error) {
      throw new UpdateFailedError(start, client, error);
    }
  }

  /**
   * The round took the answer. Where it was summed, nobody reads it any more: threads make later ones of its memory.
   * @param before what the client kept until then
   */
  taken({ answer, clientState }: UpdateResult, before: unknown): void {
    if (this.algorithm.answers !== 'sum') return;
    const kept = buffersIn([before, clientState]);
    for (const buffer of buffersIn(answer.vectors)) if (!kept.has(buffer)) this.executor.recycle(buffer);
  }
}

/** Puts the vectors of messages into shared memory, once where clients are sent the same. */
function messageSharer(): (message: Payload) => Payload {
  const share = vectorSharer();
  return ({ header, vectors }) => ({
    header,
    vectors: Object.fromEntries(Object.entries(vectors).map(([name, vector]) => [name, share(vector)])),
  });
}
