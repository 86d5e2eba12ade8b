/**
 * What FedAvg and its kin share: each round the server sends its weights w to some clients, these train and
 * answer vectors, and the server moves by their means, weighted by examples, over those who answered. With most, a
 * client's answer is Δ_k = w_k − w, and its mean Δ̄ = Σ n_k Δ_k / Σ n_k. An algorithm says how a client trains and
 * how the server moves.
 */
import { z } from 'zod';
import { statisticsLength, type Examples, type Model } from '../learning/index.js';
import type { InitContext, LocalTools, Sum, SummingAlgorithm } from './federated.js';
import type { Payload, Scalars } from './payload.js';
import { formRefusal, headerRefusal, lengthsRefusal, type AnswerForm } from './refusals.js';
import { placeStatistics, withStatistics, withStatisticsLength } from './running-statistics.js';
import { selectClients, type Selection } from './selection.js';

/** The global weights w, the round that they stand for, and what an algorithm says besides. */
export type Broadcast<Told> = Payload<{ readonly round: number; readonly told: Told }, 'weights'>;

/** The server's side; `Own` is what it keeps besides the weights, `Told` what clients hear besides these. */
export interface ServerRule<Own, Told, Names extends string = 'delta'> {
  start(context: InitContext): Own;
  tell(own: Own): Told;
  /** What `tell` makes; left out, any JSON. */
  readonly told?: z.ZodType<Told>;
  /** From w and the means over the clients to the next w, in which running statistics are then replaced by theirs. */
  step(weights: Float32Array, sum: Sum<Names>, own: Own, model: Model): { weights: Float32Array; own: Own };
}

/** The client's side: vectors, numbers that are averaged like them, and what the client keeps for its next time. */
export type AnswerRule<Told, Names extends string, Kept = undefined> = (
  message: Broadcast<Told>,
  examples: Examples,
  tools: LocalTools,
  kept: Kept | undefined,
) => {
  readonly vectors: Readonly<Record<Names, Float32Array>>;
  /** The running statistics of w_k; left out where a vector is all of w_k, which the server mixes with w. */
  readonly statistics?: Float32Array;
  readonly scalars: Scalars;
  readonly kept?: Kept;
};

/** The same where Δ_k is the only vector. */
export type ClientRule<Told, Kept = undefined> = (
  ...parameters: Parameters<AnswerRule<Told, 'delta', Kept>>
) => {
  /** Zero at running statistics. */
  readonly delta: Float32Array;
  /** Those of w_k; needed where the model has some. */
  readonly statistics?: Float32Array;
  readonly scalars: Scalars;
  readonly kept?: Kept;
};

/** How long an answer's vectors are, by name. */
type Lengths = (model: Model, weights: Float32Array) => Readonly<Record<string, number>>;

/** An algorithm of this form. */
export type Averaging<Own, Told, Names extends string, Kept> = {
  readonly family: 'federated';
} & SummingAlgorithm<ServerState<Own>, Broadcast<Told>, Names, Kept>;

export interface ServerState<Own> {
  /** How many rounds have ended. */
  readonly round: number;
  readonly model: Model;
  readonly weights: Float32Array;
  readonly own: Own;
}

/** The part of a rule whose clients hear nothing besides the weights. */
export const tellsNothing = { tell: () => null, told: z.null() };

/** @param form what clients answer besides their vectors; left out, whatever their rule makes */
export function broadcastAveraging<Own, Told, Names extends string, Kept = undefined>(
  selection: Selection,
  client: AnswerRule<Told, Names, Kept>,
  server: ServerRule<Own, Told, Names>,
  lengths: Lengths,
  form?: AnswerForm<Broadcast<Told>>,
): Averaging<Own, Told, Names, Kept> {
  return {
    family: 'federated',
    answers: 'sum',
    init(context) {
      return { round: 0, model: context.model, weights: context.weights, own: server.start(context) };
    },
    plan({ round, weights, own }, context) {
      const message = { header: { round, told: server.tell(own) }, vectors: { weights } };
      return { to: selectClients(selection, context).map((client) => ({ client, message })) };
    },
    localUpdate(message, examples, clientState, tools) {
      const { statistics, scalars, kept, ...own } = client(message, examples, tools, clientState);
      const vectors = withStatistics(own.vectors, statistics);
      const answer = { header: {}, vectors, samples: examples.count, scalars };
      return kept === undefined ? { answer } : { answer, clientState: kept };
    },
    answerLengths: ({ vectors: { weights } }, model) => lengths(model, weights),
    refuseAnswer: (answer, message, asked) =>
      headerRefusal(z.strictObject({}), answer.header) ?? (form && formRefusal(answer, message, asked, form)),
    refuseMessage({ header, vectors }, model, round) {
      const schema = z.strictObject({ round: z.literal(round - 1), told: server.told ?? z.unknown() });
      return headerRefusal(schema, header) ?? lengthsRefusal(vectors, { weights: model.manifest.length });
    },
    weigh: ({ samples }) => samples,
    finish(state, sum) {
      const next = { ...state, round: state.round + 1 };
      if (sum === undefined) return next;
      const { weights, own } = server.step(state.weights, sum, state.own, state.model);
      return { ...next, weights: placeStatistics(state.model, weights, sum.vectors), own };
    },
    model: ({ model, weights }) => ({ model, weights }),
  };
}

/** Δ_k, and the running statistics. */
const deltaLengths = (model: Model, weights: Float32Array) =>
  withStatisticsLength({ delta: weights.length }, model);

export function deltaAveraging<Own, Told, Kept = undefined>(
  selection: Selection,
  client: ClientRule<Told, Kept>,
  server: ServerRule<Own, Told>,
  form?: AnswerForm<Broadcast<Told>>,
): Averaging<Own, Told, 'delta', Kept> {
  return broadcastAveraging(
    selection,
    (...parameters: Parameters<AnswerRule<Told, 'delta', Kept>>) => {
      const { delta, ...others } = client(...parameters);
      const [, , { model }] = parameters;
      if ((others.statistics?.length ?? 0) !== statisticsLength(model.manifest)) {
        throw new Error(
          "the model has a batch norm, and the algorithm's client rule returns no running statistics: it must return the `statistics` of localSgd beside its delta",
        );
      }
      return { ...others, vectors: { delta } };
    },
    server,
    deltaLengths,
    form,
  );
}
