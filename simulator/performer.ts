/** The work that threads share out: a client's local update, the evaluation of a part of some examples. */
import type { Answer, LocalTools, Payload } from '../algorithms/index.js';
import { buildModel, type Engine, type Evaluation, type ModelSpec } from '../learning/index.js';
import { permutation, stream } from '../numerics/index.js';
import type { Federation } from '../recipe/index.js';
import {
  measurePerformer,
  programPerformer,
  type Measurement,
  type MeasureTask,
  type ProgramResult,
  type ProgramTask,
} from './gossip/program.js';

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

/** Whose examples a model is evaluated on: a held-out set, or one client's. */
export type EvaluationSet = 'test' | 'validation' | { readonly client: number };

export interface EvaluateTask {
  readonly spec: ModelSpec;
  readonly weights: Float32Array;
  readonly on: EvaluationSet;
  readonly from?: number;
  readonly to?: number;
}

/** Everything that can be asked of a thread; a pure function of the task each. */
export interface Performer {
  readonly update: (task: UpdateTask) => UpdateResult;
  readonly evaluate: (task: EvaluateTask) => Evaluation;
  readonly program: (task: ProgramTask) => ProgramResult;
  readonly measure: (task: MeasureTask) => Measurement;
}

export function createPerformer(federation: Federation, engine: Engine): Performer {
  const { recipe, model, algorithm, behaviour } = federation;

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

  return {
    program: programPerformer(federation, engine),
    measure: measurePerformer(federation),
    update({ client, message, clientState }) {
      if (algorithm.family !== 'federated') throw new TypeError('only federated algorithms update clients');
      const shard = federation.shard(client);
      const { answer, clientState: after } = algorithm.localUpdate(
        message,
        shard,
        clientState,
        tools(client, shard.count),
      );
      return { client, answer, clientState: after };
    },
    evaluate({ spec, weights, on, from, to }) {
      const examples = typeof on === 'string' ? federation.heldOut(on) : federation.shard(on.client);
      return engine.evaluate(buildModel(spec), weights, examples, from, to);
    },
  };
}
