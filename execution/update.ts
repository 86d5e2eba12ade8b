/** A client's local update, as work for a thread. */
import type { ClientUpdate, HostedUpdate, LocalTools, Payload } from '../algorithms/index.js';
import type { Engine } from '../learning/index.js';
import { permutation, stream, twoIntegers, type StreamName } from '../numerics/index.js';
import { decodeVector, encodeAnswer, type Residuals, type Tensor } from '../protocol/index.js';
import type { ThreadTask } from './thread-task.js';

export interface UpdateTask {
  readonly client: number;
  readonly message: Payload;
  readonly clientState: unknown;
}

export interface UpdateResult {
  readonly client: number;
  /** As it comes out at the other end. */
  readonly answer: HostedUpdate;
  /** The answer's vectors as they go over the network. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly clientState: unknown;
}

/** What a client keeps where a codec's error feedback adds to what the algorithm keeps there. */
interface Kept {
  readonly own?: unknown;
  readonly residuals?: Residuals;
}

export const update: ThreadTask<UpdateTask, UpdateResult> = {
  name: 'update',
  prepare(federation, engine) {
    const { recipe, model, algorithm, behaviour, codec, augment } = federation;
    if (algorithm.family !== 'federated') throw new TypeError('only federated algorithms update clients');

    let steps = 0;
    const counting: Engine = {
      ...engine,
      train(request) {
        const result = engine.train(request);
        steps += result.steps;
        return result;
      },
    };

    function tools(client: number, examples: number): LocalTools {
      return {
        engine: counting,
        model,
        client,
        draws(round) {
          const draw = (...name: StreamName) =>
            stream(recipe.seed, 'client', client, 'round', round, ...name);
          return {
            order: (epoch) => permutation(draw('epoch', epoch), examples),
            chance: (step) => twoIntegers(draw('chance', step)),
            ...(augment && { augment: (epoch) => augment(draw('augment', epoch), examples) }),
          };
        },
        localAmount: (planned, round) => behaviour.localAmount(client, planned, round),
      };
    }

    return ({ client, message, clientState }) => {
      const shard = federation.shard(client);
      steps = 0;
      const before: Kept = codec.feedback ? (clientState ?? {}) : { own: clientState };
      const { answer, clientState: own } = algorithm.localUpdate(
        message,
        shard,
        before.own,
        tools(client, shard.count),
      );
      const { tensors, residuals } = encodeAnswer(codec, answer.vectors, before.residuals);
      return {
        client,
        answer: { ...answer, steps, vectors: decoded(tensors) },
        tensors,
        clientState: codec.feedback ? ({ own, residuals } satisfies Kept) : own,
      };
    };
  },
};

const decoded = (tensors: UpdateResult['tensors']): ClientUpdate['vectors'] =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, decodeVector(tensor, tensor.length)]),
  );
