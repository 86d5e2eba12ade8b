/**
 * One exchange of a federated algorithm after another, without input or output: who is sent what, whose answers
 * count, and what follows. The simulator and the coordinator both drive this, so that both end in the same bits.
 */
import type { Answer, FederatedAlgorithm, Payload, Plan } from '../algorithms/index.js';
import type { Model } from '../learning/index.js';
import { stream } from '../numerics/index.js';
import { messageCodec, transmitted, type Codec } from '../protocol/index.js';
import { startingWeights, type Federation, type Recipe } from '../recipe/index.js';
import type { ExchangeEvent, RunRecord } from '../runs/index.js';
import { DivergedError } from './failures.js';
import { ClientDivergedError, createReducer } from './reduce.js';

/** What a run of a federated algorithm is between two exchanges, but for what clients keep; plain data. */
export interface FederatedProgress {
  /** Exchanges that are finished. */
  readonly exchanges: number;
  readonly state: unknown;
  /** The last whole model: an algorithm may have none between two exchanges. */
  readonly current: { readonly model: Model; readonly weights: Float32Array };
  /** Where the run is over, why. */
  readonly ended?: RunRecord['ended'];
}

export interface Exchange {
  /** Counted from 1. */
  readonly number: number;
  /** Whose answers are awaited, and what each is sent: the vectors as they come out at the client's end. */
  readonly asked: Plan<Payload>['to'];
  /** With so many answers it may end; fewer than were asked where more clients were chosen than are wanted. */
  readonly enough: number;
  /** Takes an answer of somebody who was asked, in whatever order answers come; each client's once. */
  accept(client: number, answer: Answer): void;
  /**
   * Ends the exchange; whoever's answer was not accepted is missing.
   * @throws DivergedError where the accepted answers cannot be brought together
   */
  finish(): Finished;
}

export interface Finished {
  readonly event: ExchangeEvent;
  readonly progress: FederatedProgress;
  /** Whether the model is to be evaluated now. */
  readonly evaluates: boolean;
}

export function startFederated(federation: Federation, algorithm: FederatedAlgorithm): FederatedProgress {
  const { model, partition } = federation;
  const weights = startingWeights(federation);
  const state = algorithm.init({ model, weights, clients: partition.clients });
  return { exchanges: 0, state, current: { model, weights } };
}

/**
 * The next exchange, or 'done' where the algorithm ends the run.
 * @param overSelection so many times as many clients are asked as the algorithm wants
 */
export function beginExchange(
  { recipe, partition, behaviour, codec }: Federation,
  algorithm: FederatedAlgorithm,
  { exchanges, state, current }: FederatedProgress,
  overSelection = 1,
): Exchange | 'done' {
  const number = exchanges + 1;
  const plan = algorithm.plan(state, {
    roster: {
      count: partition.clients,
      available: behaviour.available(number),
      samples: (client) => partition.size(client),
    },
    stream: (...name) => stream(recipe.seed, 'exchange', number, ...name),
    overSelection,
  });
  if (plan === 'done') return 'done';
  const down = messageCodec(codec);
  const receive = receiver(down);
  const asked = plan.to
    .filter(({ client }) => !behaviour.dropsOut(client, number))
    .map(({ client, message }) => ({ client, message: receive(message) }));
  const reducer = createReducer(algorithm);
  const accepted = new Set<number>();
  let bytesUp = 0;
  return {
    number,
    asked,
    enough: wantedOf(plan.to.length, overSelection),
    accept(client, answer) {
      reducer.add(client, answer);
      accepted.add(client);
      bytesUp += vectorBytes(codec, answer.vectors);
    },
    finish() {
      const missing = plan.to.map(({ client }) => client).filter((client) => !accepted.has(client));
      const next = finishWith(() => reducer.finish(state, missing), number, recipe);
      const { answered, loss } = reducer.totals();
      const whole = algorithm.model(next);
      const report = algorithm.report?.(next);
      const isLast = number >= recipe.rounds;
      return {
        event: {
          type: 'exchange',
          round: number,
          loss,
          answered,
          missing,
          bytesDown: plan.to.reduce((sum, { message }) => sum + vectorBytes(down, message.vectors), 0),
          bytesUp,
          ...(report && { report }),
        },
        progress: { exchanges: number, state: next, current: whole ?? current },
        evaluates: isLast || (whole !== undefined && number % recipe.evaluate.every === 0),
      };
    },
  };
}

/** ⌈m · f⌉ clients were asked where m are wanted. */
function wantedOf(asked: number, overSelection: number): number {
  let wanted = Math.floor(asked / overSelection);
  while (Math.ceil((wanted + 1) * overSelection) <= asked) wanted++;
  return wanted;
}

const vectorBytes = (codec: Codec, vectors: Payload['vectors']) =>
  Object.values(vectors).reduce((sum, { length }) => sum + codec.bytes(length), 0);

/** Messages as clients receive them; a vector that many are sent goes through the codec once. */
function receiver(codec: Codec): (message: Payload) => Payload {
  const known = new Map<Float32Array, Float32Array>();
  const receive = (vector: Float32Array) => {
    const received = known.get(vector) ?? transmitted(codec, vector);
    known.set(vector, received);
    return received;
  };
  return ({ header, vectors }) => ({
    header,
    vectors: Object.fromEntries(Object.entries(vectors).map(([name, vector]) => [name, receive(vector)])),
  });
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
  return progress.exchanges >= recipe.rounds ? { ...progress, ended: 'rounds' } : progress;
}
