/** Hosts a federated algorithm in one process: round after round, with checkpoints between them. */
import type { FederatedAlgorithm } from '../algorithms/index.js';
import {
  beginRound,
  concluded,
  createEvaluator,
  startFederated,
  type FederatedProgress,
  type HostedRun,
} from '../rounds/index.js';
import type { Executor } from '../execution/index.js';
import { sha256 } from '../numerics/index.js';
import type { Federation } from '../recipe/index.js';
import type { RunEvent, Trace } from '../records/index.js';
import { BufferedAnswers, type ClockState } from './buffered-answers.js';
import { RoundAnswers } from './round-answers.js';
import { Training } from './training.js';

/** A checkpoint: the run, what each client keeps, and under a buffered schedule what time it is. */
export interface FederatedCheckpoint extends FederatedProgress {
  readonly clientStates: ReadonlyMap<number, unknown>;
  readonly clock?: ClockState;
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
  const training = new Training(executor, algorithm);
  const answering =
    recipe.schedule.kind === 'buffered'
      ? new BufferedAnswers(federation, algorithm, training, start?.clock, trace)
      : new RoundAnswers(training, start?.clientStates, trace);

  /** The events of the next round, which end with those of its evaluation. */
  async function nextRound(): Promise<RunEvent[]> {
    const overSelection = trace && recipe.network.overSelection;
    const round = beginRound(federation, algorithm, progress, overSelection);
    if (round === 'done') {
      const { events, reached } = await evaluate(progress.rounds, progress.current);
      progress = { ...progress, ended: reached ? 'target' : 'done' };
      return events;
    }
    const { virtualTime } = await answering.answer(round);
    const { event: plain, progress: next, evaluates } = round.finish();
    answering.counted();
    const event = { ...plain, ...(virtualTime !== undefined && { virtualTime }) };
    const evaluation = evaluates ? await evaluate(next.rounds, next.current) : undefined;
    progress = concluded(next, recipe, evaluation?.reached ?? false);
    return [event, ...(evaluation?.events ?? [])];
  }

  return {
    get rounds() {
      return progress.rounds;
    },
    async *advance() {
      for (let { ended } = progress; ended === undefined;) {
        const events = await nextRound();
        ({ ended } = progress);
        yield { events, ...(ended && { ended }) };
      }
    },
    checkpoint: (): FederatedCheckpoint => ({ ...progress, ...answering.checkpoint() }),
    outcome: () => ({ ...progress.current, weightsSha256: sha256(progress.current.weights) }),
  };
}
