/**
 * One round of a federated algorithm after another, without input or output: who is sent what, whose answers
 * count, and what follows. The simulator and the coordinator both drive this, so that both end in the same bits.
 *
 * In a round everybody is asked at once, and the round ends with their answers. Under a buffered schedule so many
 * clients train at all times: whoever answers is replaced at once, and a round ends with the size-th answer,
 * whenever its start was. Who replaces whom follows from the order of answers, which the round's event records.
 */
import type { FederatedAlgorithm, HostedUpdate } from '../algorithms/index.js';
import { portion } from '../numerics/index.js';
import { answerBytes } from '../protocol/index.js';
import { startingWeights, type Federation, type Recipe } from '../recipe/index.js';
import type { Arrival, RoundEvent } from '../records/index.js';
import type { SelectedClient } from './selected-client.js';
import { DivergedError } from '../errors/index.js';
import { Cohort } from './cohort.js';
import type { FederatedProgress } from './progress.js';
import { ClientDivergedError, createReducer } from './reduce.js';

export interface FederatedRound {
  /** Counted from 1. */
  readonly number: number;
  /** Whose answers are awaited as it begins; some may have been asked in earlier rounds. */
  readonly asked: readonly SelectedClient[];
  /** With so many answers it may end; fewer than were asked where more clients were chosen than are wanted. */
  readonly enough: number;
  /** The most updates that are aggregated. */
  readonly terms: number;
  /** Whether it has all the answers that it takes; then it is to be finished. */
  readonly isFull: boolean;
  /**
   * Takes an answer of somebody who was asked. In a round the order of answers does not matter.
   * @returns the clients that are selected in its place
   */
  accept(client: number, answer: HostedUpdate): readonly SelectedClient[];
  /** The client will not answer. @returns the clients that are selected in its place */
  giveUp(client: number): readonly SelectedClient[];
  /**
   * Ends the round; whoever's answer was not accepted is missing.
   * @throws DivergedError where the accepted answers cannot be brought together
   */
  finish(): FinishedRound;
}

export interface FinishedRound {
  readonly event: RoundEvent;
  readonly progress: FederatedProgress;
  /** Whether the model is to be evaluated now. */
  readonly evaluates: boolean;
}

export function startFederated(federation: Federation, algorithm: FederatedAlgorithm): FederatedProgress {
  const { model, partition } = federation;
  const weights = startingWeights(federation);
  const state = algorithm.init({ model, weights, clients: partition.clients });
  return { rounds: 0, localSteps: 0, state, current: { model, weights } };
}

/**
 * The next round, or 'done' where the algorithm ends the run.
 * @param overSelection so many times as many clients are asked as the algorithm wants
 */
export function beginRound(
  federation: Federation,
  algorithm: FederatedAlgorithm,
  progress: FederatedProgress,
  overSelection = 1,
): FederatedRound | 'done' {
  const { recipe, codec } = federation;
  const { rounds, state, current } = progress;
  const number = rounds + 1;
  const places = new Cohort(federation, algorithm, progress, overSelection);
  if (places.fill() === 'done') return 'done';
  const asked = [...places.underway];
  const buffer = recipe.schedule.kind === 'buffered' ? recipe.schedule : undefined;
  const reducer = createReducer(algorithm);
  const arrivals: Arrival[] = [];
  let answers = 0;
  let bytesUp = 0;
  let { localSteps } = progress;
  const replace = () => {
    const more = buffer === undefined || answers >= buffer.size ? [] : places.fill();
    return more === 'done' ? [] : more;
  };
  return {
    number,
    asked,
    enough: buffer?.size ?? wantedOf(places.chosen, overSelection),
    terms: buffer?.size ?? asked.length,
    get isFull() {
      return answers === buffer?.size || places.areEmpty;
    },
    accept(client, answer) {
      const { start } = places.leave(client);
      reducer.add(client, answer, number - start);
      arrivals.push({ client, start });
      answers++;
      bytesUp += answerBytes(codec, lengthsOf(answer.vectors));
      localSteps += answer.steps;
      return replace();
    },
    giveUp(client) {
      const { start } = places.leave(client);
      places.missing.push(client);
      arrivals.push({ client, start, lost: true });
      return replace();
    },
    finish() {
      const silent = buffer ? [] : places.underway.map(({ client }) => client);
      const missing = [...places.missing, ...silent].sort((a, b) => a - b);
      const next = finishWith(() => reducer.finish(state, missing), number, recipe);
      const { answered, loss } = reducer.totals();
      const whole = algorithm.model(next);
      const report = algorithm.report?.(next);
      const isLast = number >= recipe.rounds;
      return {
        event: {
          type: 'round',
          round: number,
          loss,
          answered,
          missing,
          localSteps,
          bytesDown: places.bytesDown,
          bytesUp,
          ...(buffer && { arrivals }),
          ...(report && { report }),
        },
        progress: {
          rounds: number,
          localSteps,
          state: next,
          current: whole ?? current,
          ...(buffer && { underway: places.underway }),
        },
        evaluates: isLast || (whole !== undefined && number % recipe.evaluate.every === 0),
      };
    },
  };
}

const lengthsOf = (vectors: HostedUpdate['vectors']) =>
  Object.fromEntries(Object.entries(vectors).map(([name, { length }]) => [name, length]));

/** ⌈m · f⌉ clients were asked where m are wanted. */
function wantedOf(asked: number, overSelection: number): number {
  let wanted = Math.floor(asked / overSelection);
  while (Math.ceil(portion(overSelection, wanted + 1)) <= asked) wanted++;
  return wanted;
}

function finishWith(finish: () => unknown, round: number, { algorithm }: Recipe): unknown {
  try {
    return finish();
  } catch (error) {
    if (!(error instanceof ClientDivergedError)) throw error;
    throw new DivergedError(round, error.client, algorithm, error.reason);
  }
}

/** The progress with why the run is over, where it is: `reached` says whether an evaluation met the target. */
export function concluded(progress: FederatedProgress, recipe: Recipe, reached: boolean): FederatedProgress {
  if (reached) return { ...progress, ended: 'target' };
  return progress.rounds >= recipe.rounds ? { ...progress, ended: 'rounds' } : progress;
}
