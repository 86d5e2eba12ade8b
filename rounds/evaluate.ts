/** Evaluates a model where the recipe says, shared out over the threads in parts of fixed size. */
import type { Evaluation, Model } from '../learning/index.js';
import { deviation, mean } from '../numerics/index.js';
import type { Federation, Recipe } from '../recipe/index.js';
import type { ClientsEvent, EvaluationEvent, RunEvent } from '../records/index.js';
import { divergedEvaluation, type EvaluatedOn } from './diverged-evaluation.js';
import {
  evaluatePart,
  type EvaluateTask,
  type Executor,
  performAll,
  vectorSharer,
} from '../execution/index.js';

/** Examples in a part. Fixed, so that sums do not depend on the number of threads. */
const PART = 1000;
/** Up to so many clients an event lists every client's accuracy. */
const LISTED_CLIENTS = 10_000;

export interface EvaluatedModel {
  readonly model: Model;
  readonly weights: Float32Array;
}

/**
 * Evaluates after a round; `reached` says whether the recipe's target is met. Rejects with a DivergedError where a loss is
 * not finite.
 */
export type Evaluator = (
  round: number,
  model: EvaluatedModel,
) => Promise<{ events: RunEvent[]; reached: boolean }>;

export function createEvaluator(federation: Federation, executor: Executor): Evaluator {
  const { recipe, partition } = federation;
  const refuse = (round: number, on: EvaluatedOn, loss: number) => {
    const error = divergedEvaluation(recipe, round, on, loss);
    if (error) throw error;
  };
  return async (round, model) => {
    const events: RunEvent[] = [];
    for (const on of recipe.evaluate.on) {
      if (on === 'clients') {
        const weights = vectorSharer()(model.weights);
        const tasks = Array.from({ length: partition.clients }, (_, client) => ({
          spec: model.model.spec,
          weights,
          on: { client },
        }));
        const results = await evaluations(executor, tasks);
        for (const [client, { lossSum }] of results.entries()) refuse(round, { client }, lossSum);
        const accuracies = results.map(({ correct, count }) => correct / count);
        events.push(summariseClients(round, accuracies));
      } else {
        const event = await evaluateHeldOut(federation, executor, round, model, on);
        refuse(round, on, event.loss);
        events.push(event);
      }
    }
    return { events, reached: meetsTarget(recipe, events) };
  };
}

/** Evaluates on held-out examples, in parts of fixed size, so that threads do not matter. */
export async function evaluateHeldOut(
  federation: Federation,
  executor: Executor,
  round: number,
  { model, weights }: EvaluatedModel,
  on: 'test' | 'validation',
): Promise<EvaluationEvent> {
  const { count } = federation.heldOut(on);
  const shared = vectorSharer()(weights);
  const parts = Array.from({ length: Math.ceil(count / PART) }, (_, i) => ({
    spec: model.spec,
    weights: shared,
    on,
    from: i * PART,
    to: Math.min((i + 1) * PART, count),
  }));
  const sums = await evaluations(executor, parts);
  const total = (field: keyof Evaluation) => sums.reduce((sum, part) => sum + part[field], 0);
  return {
    type: 'evaluation',
    round,
    on,
    accuracy: total('correct') / total('count'),
    loss: total('lossSum') / total('count'),
  };
}

async function evaluations(executor: Executor, tasks: readonly EvaluateTask[]): Promise<Evaluation[]> {
  const results = new Array<Evaluation>(tasks.length);
  await performAll(executor, evaluatePart, tasks, (result, index) => {
    results[index] = result;
  });
  return results;
}

/** The event of the accuracies on clients' own examples, in client order; null for a client without a result. */
export function summariseClients(round: number, accuracies: readonly (number | null)[]): ClientsEvent {
  const known = accuracies.filter((accuracy) => accuracy !== null);
  const sorted = known.toSorted((a, b) => a - b);
  return {
    type: 'clients',
    round,
    mean: mean(known),
    deviation: deviation(known),
    worstTenth: mean(sorted.slice(0, Math.ceil(sorted.length / 10))),
    best: sorted[sorted.length - 1],
    ...(accuracies.length <= LISTED_CLIENTS && { accuracies }),
  };
}

/** Whether one of these evaluations meets the recipe's target. */
export function meetsTarget({ stop }: Recipe, events: readonly RunEvent[]): boolean {
  if (stop === undefined) return false;
  return events.some(
    (event) =>
      event.type === 'evaluation' &&
      event.on === stop.on &&
      ((stop.accuracy !== undefined && event.accuracy >= stop.accuracy) ||
        (stop.loss !== undefined && event.loss <= stop.loss)),
  );
}
