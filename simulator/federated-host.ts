/** Hosts a federated algorithm in one process: exchange after exchange, with checkpoints between them. */
import type { FederatedAlgorithm, Payload } from '../algorithms/index.js';
import type { Model } from '../learning/index.js';
import { sha256, stream } from '../numerics/index.js';
import { startingWeights, type Federation } from '../recipe/index.js';
import type { RunEvent, RunRecord } from '../runs/index.js';
import { createEvaluator } from './evaluate.js';
import { vectorSharer, type Executor } from './executor.js';
import { DivergedError, UpdateFailedError } from './failures.js';
import type { HostedRun } from './host.js';
import { ClientDivergedError, createReducer, vectorBytes } from './reduce.js';

/** What a run of a federated algorithm is between two exchanges; a checkpoint holds it. */
export interface FederatedProgress {
  /** Exchanges that are finished. */
  readonly exchanges: number;
  readonly state: unknown;
  readonly clientStates: ReadonlyMap<number, unknown>;
  /** The last whole model: an algorithm may have none between two exchanges. */
  readonly current: { readonly model: Model; readonly weights: Float32Array };
  /** Where the run is over, why. */
  readonly ended?: RunRecord['ended'];
}

function startFederated(federation: Federation, algorithm: FederatedAlgorithm): FederatedProgress {
  const { model, partition } = federation;
  const weights = startingWeights(federation);
  const state = algorithm.init({ model, weights, clients: partition.clients });
  return { exchanges: 0, state, clientStates: new Map(), current: { model, weights } };
}

export function hostFederated(
  federation: Federation,
  algorithm: FederatedAlgorithm,
  executor: Executor,
  start: FederatedProgress | undefined,
): HostedRun {
  let progress = start ?? startFederated(federation, algorithm);
  return {
    get rounds() {
      return progress.exchanges;
    },
    async *advance() {
      for await (const step of runFederated(federation, algorithm, executor, progress)) {
        progress = step.progress;
        yield { events: step.events, ...(progress.ended && { ended: progress.ended }) };
      }
    },
    checkpoint: () => progress,
    outcome: () => ({ ...progress.current, weightsSha256: sha256(progress.current.weights) }),
  };
}

/** Yields the events of one exchange after another, and the progress after each. */
async function* runFederated(
  federation: Federation,
  algorithm: FederatedAlgorithm,
  executor: Executor,
  start: FederatedProgress,
): AsyncGenerator<{ events: readonly RunEvent[]; progress: FederatedProgress }> {
  const { recipe } = federation;
  const evaluator = createEvaluator(federation, executor);
  let progress = start;
  while (progress.ended === undefined) {
    const exchange = await runExchange(federation, algorithm, executor, progress);
    const events: RunEvent[] = exchange.event ? [exchange.event] : [];
    progress = exchange.progress;
    const last = progress.ended !== undefined || progress.exchanges >= recipe.rounds;
    if (last || (exchange.whole && progress.exchanges % recipe.evaluate.every === 0)) {
      const { events: evaluations, reached } = await evaluator(progress.exchanges, progress.current);
      events.push(...evaluations);
      if (reached) progress = { ...progress, ended: 'target' };
    }
    if (last) progress = { ...progress, ended: progress.ended ?? 'rounds' };
    yield { events, progress };
  }
}

async function runExchange(
  { recipe, partition, behaviour }: Federation,
  algorithm: FederatedAlgorithm,
  executor: Executor,
  { exchanges, state, clientStates, current }: FederatedProgress,
): Promise<{ event?: RunEvent; progress: FederatedProgress; whole: boolean }> {
  const number = exchanges + 1;
  const plan = algorithm.plan(state, {
    roster: {
      count: partition.clients,
      available: behaviour.available(number),
      samples: (client) => partition.size(client),
    },
    stream: (...name) => stream(recipe.seed, 'exchange', number, ...name),
  });
  if (plan === 'done') {
    const progress: FederatedProgress = { exchanges, state, clientStates, current, ended: 'done' };
    return { progress, whole: true };
  }
  const share = shareMessages();
  const dropped = new Set(plan.to.filter(({ client }) => behaviour.dropsOut(client, number)));
  const asked = plan.to.filter((to) => !dropped.has(to));
  const missing = Array.from(dropped, ({ client }) => client);
  const reducer = createReducer(algorithm);
  const changed = new Map<number, unknown>();
  const update = async (client: number, message: Payload) => {
    const task = { client, message, clientState: clientStates.get(client) };
    try {
      return await executor.perform('update', task);
    } catch (error) {
      throw new UpdateFailedError(number, client, error);
    }
  };
  await Promise.all(
    asked.map(async ({ client, message }) => {
      const { answer, clientState } = await update(client, share(message));
      reducer.add(client, answer);
      if (clientState !== undefined) changed.set(client, clientState);
    }),
  );
  let next: unknown;
  try {
    next = reducer.finish(state, missing);
  } catch (error) {
    if (!(error instanceof ClientDivergedError)) throw error;
    throw new DivergedError(number, error.client, recipe.algorithm, error.reason);
  }
  const { answered, bytes, loss } = reducer.totals();
  const whole = algorithm.model(next);
  const report = algorithm.report?.(next);
  return {
    event: {
      type: 'exchange',
      round: number,
      loss,
      answered,
      missing,
      bytesDown: plan.to.reduce((sum, { message }) => sum + vectorBytes(message.vectors), 0),
      bytesUp: bytes,
      ...(report && { report }),
    },
    progress: {
      exchanges: number,
      state: next,
      clientStates: changed.size === 0 ? clientStates : new Map([...clientStates, ...changed]),
      current: whole ?? current,
    },
    whole: whole !== undefined,
  };
}

/** Puts the vectors of messages into shared memory, once where clients are sent the same. */
function shareMessages(): (message: Payload) => Payload {
  const share = vectorSharer();
  return ({ header, vectors }) => ({
    header,
    vectors: Object.fromEntries(Object.entries(vectors).map(([name, vector]) => [name, share(vector)])),
  });
}
