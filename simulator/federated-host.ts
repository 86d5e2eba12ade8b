/** Hosts a federated algorithm in one process: exchange after exchange, with checkpoints between them. */
import type { FederatedAlgorithm, Payload } from '../algorithms/index.js';
import {
  beginExchange,
  concluded,
  createEvaluator,
  startFederated,
  update,
  UpdateFailedError,
  vectorSharer,
  type Exchange,
  type Executor,
  type FederatedProgress,
  type Finished,
  type HostedRun,
} from '../hosting/index.js';
import { sha256 } from '../numerics/index.js';
import type { Federation } from '../recipe/index.js';
import { RunDirectoryError, type RunEvent, type Trace } from '../runs/index.js';

/** A checkpoint: the run, and what each client keeps. */
export interface FederatedCheckpoint extends FederatedProgress {
  readonly clientStates: ReadonlyMap<number, unknown>;
}

/** @param trace who counted in a run over a network: the same are to count here */
export function hostFederated(
  federation: Federation,
  algorithm: FederatedAlgorithm,
  executor: Executor,
  start: FederatedCheckpoint | undefined,
  trace?: Trace,
): HostedRun {
  const { recipe } = federation;
  const evaluate = createEvaluator(federation, executor);
  let progress: FederatedProgress = start ?? startFederated(federation, algorithm);
  let clientStates = start?.clientStates ?? new Map<number, unknown>();

  /** Who is to answer: everybody who is asked, or as the trace says. */
  function answering({ number, asked }: Exchange): Exchange['asked'] {
    if (trace === undefined) return asked;
    const recorded = trace.get(number);
    if (recorded === undefined)
      throw new RunDirectoryError(`the run to replay ended before exchange ${number}`);
    if (recorded.reset) {
      const lost = new Set(recorded.reset);
      clientStates = new Map([...clientStates].filter(([client]) => !lost.has(client)));
    }
    const missing = new Set(recorded.missing);
    return asked.filter(({ client }) => !missing.has(client));
  }

  async function answerAll(exchange: Exchange): Promise<Finished> {
    const share = messageSharer();
    const changed = new Map<number, unknown>();
    await Promise.all(
      answering(exchange).map(async ({ client, message }) => {
        const task = { client, message: share(message), clientState: clientStates.get(client) };
        try {
          const { answer, clientState } = await executor.perform(update, task);
          exchange.accept(client, answer);
          if (clientState !== undefined) changed.set(client, clientState);
        } catch (error) {
          throw new UpdateFailedError(exchange.number, client, error);
        }
      }),
    );
    const finished = exchange.finish();
    if (changed.size > 0) clientStates = new Map([...clientStates, ...changed]);
    return finished;
  }

  /** The events of the next round, which end with those of its evaluation. */
  async function nextRound(): Promise<RunEvent[]> {
    const overSelection = trace && recipe.network.overSelection;
    const exchange = beginExchange(federation, algorithm, progress, overSelection);
    if (exchange === 'done') {
      const { events, reached } = await evaluate(progress.exchanges, progress.current);
      progress = { ...progress, ended: reached ? 'target' : 'done' };
      return events;
    }
    const { event, progress: next, evaluates } = await answerAll(exchange);
    const evaluation = evaluates ? await evaluate(next.exchanges, next.current) : undefined;
    progress = concluded(next, recipe, evaluation?.reached ?? false);
    return [event, ...(evaluation?.events ?? [])];
  }

  return {
    get rounds() {
      return progress.exchanges;
    },
    async *advance() {
      for (let { ended } = progress; ended === undefined;) {
        const events = await nextRound();
        ({ ended } = progress);
        yield { events, ...(ended && { ended }) };
      }
    },
    checkpoint: (): FederatedCheckpoint => ({ ...progress, clientStates }),
    outcome: () => ({ ...progress.current, weightsSha256: sha256(progress.current.weights) }),
  };
}

/** Puts the vectors of messages into shared memory, once where clients are sent the same. */
function messageSharer(): (message: Payload) => Payload {
  const share = vectorSharer();
  return ({ header, vectors }) => ({
    header,
    vectors: Object.fromEntries(Object.entries(vectors).map(([name, vector]) => [name, share(vector)])),
  });
}
