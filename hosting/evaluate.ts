/** Evaluates a model where the recipe says, shared out over the threads in parts of fixed size. */
import type { Evaluation, Model } from '../learning/index.js';
import { deviation, mean } from '../numerics/index.js';
import type { Federation } from '../recipe/index.js';
import type { ClientsEvent, EvaluationEvent, RunEvent } from '../runs/index.js';
import { performAll, vectorSharer, type Executor } from './executor.js';
import { evaluatePart, type EvaluateTask, type EvaluationSet } from './evaluate-part.js';

/** Examples in a part. Fixed, so that sums do not depend on the number of threads. */
const PART = 1000;
/** Up to so many clients an event lists every client's accuracy. */
const LISTED_CLIENTS = 10_000;

export interface EvaluatedModel {
  readonly model: Model;
  readonly weights: Float32Array;
}

/** Evaluates after a round; `reached` says whether the recipe's target is met. */
export type Evaluator = (
  round: number,
  model: EvaluatedModel,
) => Promise<{ events: RunEvent[]; reached: boolean }>;

export function createEvaluator(federation: Federation, executor: Executor): Evaluator {
  const { recipe, partition } = federation;

  return async (round, { model, weights }) => {
    const shared = vectorSharer()(weights);
    const task = (on: EvaluationSet, part = {}): EvaluateTask => ({
      spec: model.spec,
      weights: shared,
      on,
      ...part,
    });

    async function heldOut(on: 'test' | 'validation'): Promise<EvaluationEvent> {
      const { count } = federation.heldOut(on);
      const parts = Array.from({ length: Math.ceil(count / PART) }, (_, i) =>
        task(on, { from: i * PART, to: Math.min((i + 1) * PART, count) }),
      );
      const sums = await evaluations(executor, parts);
      const total = (field: keyof Evaluation) => sums.reduce((sum, part) => sum + part[field], 0);
      return {
        type: 'evaluation',
        round,
        on,
        accuracy: total('correct') / count,
        loss: total('lossSum') / count,
      };
    }

    async function clients(): Promise<ClientsEvent> {
      const tasks = Array.from({ length: partition.clients }, (_, client) => task({ client }));
      const accuracies = (await evaluations(executor, tasks)).map(({ correct, count }) => correct / count);
      return summarise(round, accuracies);
    }

    const events: RunEvent[] = [];
    for (const on of recipe.evaluate.on) events.push(on === 'clients' ? await clients() : await heldOut(on));
    return { events, reached: events.some((event) => meetsTarget(federation, event)) };
  };
}

async function evaluations(executor: Executor, tasks: readonly EvaluateTask[]): Promise<Evaluation[]> {
  const results = new Array<Evaluation>(tasks.length);
  await performAll(executor, evaluatePart, tasks, (result, index) => {
    results[index] = result;
  });
  return results;
}

function summarise(round: number, accuracies: readonly number[]): ClientsEvent {
  const sorted = [...accuracies].sort((a, b) => a - b);
  return {
    type: 'clients',
    round,
    mean: mean(accuracies),
    deviation: deviation(accuracies),
    worstTenth: mean(sorted.slice(0, Math.ceil(sorted.length / 10))),
    best: sorted[sorted.length - 1],
    ...(accuracies.length <= LISTED_CLIENTS && { accuracies }),
  };
}

function meetsTarget({ recipe: { stop } }: Federation, event: RunEvent): boolean {
  if (stop === undefined || event.type !== 'evaluation' || event.on !== stop.on) return false;
  return (
    (stop.accuracy !== undefined && event.accuracy >= stop.accuracy) ||
    (stop.loss !== undefined && event.loss <= stop.loss)
  );
}
