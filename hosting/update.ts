/** A client's local update, as work for a thread. */
import type { Answer, LocalTools, Payload } from '../algorithms/index.js';
import { permutation, stream } from '../numerics/index.js';
import type { Work } from './work.js';

export interface UpdateTask {
  readonly client: number;
  readonly message: Payload;
  readonly clientState: unknown;
}

export interface UpdateResult {
  readonly client: number;
  readonly answer: Answer;
  readonly clientState: unknown;
}

export const update: Work<UpdateTask, UpdateResult> = {
  module: import.meta.url,
  name: 'update',
  prepare(federation, engine) {
    const { recipe, model, algorithm, behaviour } = federation;
    if (algorithm.family !== 'federated') throw new TypeError('only federated algorithms update clients');

    function tools(client: number, examples: number): LocalTools {
      return {
        engine,
        model,
        client,
        order: (round) => (epoch) =>
          permutation(stream(recipe.seed, 'client', client, 'round', round, 'epoch', epoch), examples),
        localEpochs: (planned, round) => behaviour.localEpochs(client, planned, round),
      };
    }

    return ({ client, message, clientState }) => {
      const shard = federation.shard(client);
      const { answer, clientState: after } = algorithm.localUpdate(
        message,
        shard,
        clientState,
        tools(client, shard.count),
      );
      return { client, answer, clientState: after };
    };
  },
};
