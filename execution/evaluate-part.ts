/** The evaluation of a model on a part of some examples, as work for a thread. */
import { buildModel, type Evaluation, type Model, type ModelSpec } from '../learning/index.js';
import type { ThreadTask } from './thread-task.js';

/** Whose examples a model is evaluated on: a held-out set, or one client's. */
export type EvaluationSet = 'test' | 'validation' | { readonly client: number };

export interface EvaluateTask {
  readonly spec: ModelSpec;
  readonly weights: Float32Array;
  readonly on: EvaluationSet;
  readonly from?: number;
  readonly to?: number;
}

export const evaluatePart: ThreadTask<EvaluateTask, Evaluation> = {
  name: 'evaluatePart',
  prepare(federation, engine) {
    const models = new Map<string, Model>();
    const modelOf = (spec: ModelSpec): Model => {
      const key = JSON.stringify(spec);
      const known = models.get(key) ?? buildModel(spec);
      // Models may grow from round to round.
      if (!models.has(key)) models.clear();
      models.set(key, known);
      return known;
    };
    return ({ spec, weights, on, from, to }) => {
      const examples = typeof on === 'string' ? federation.heldOut(on) : federation.shard(on.client);
      return engine.evaluate(modelOf(spec), weights, examples, from, to);
    };
  },
};
