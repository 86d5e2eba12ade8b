/**
 * What FedAvg and its kin share: each round the server sends its weights w to some clients, these train and
 * answer vectors, and the server moves by their means, weighted by examples, over those who answered. With most, a
 * client's answer is Δ_k = w_k − w, and its mean Δ̄ = Σ n_k Δ_k / Σ n_k. An algorithm says how a client trains and
 * how the server moves.
 */
import type { Examples, Model } from '../learning/index.js';
import type { InitContext, LocalTools, Sum, SummingAlgorithm } from './federated.js';
import type { Payload } from './payload.js';
import type { Scalars } from './payload.js';
import { selectClients, type Selection } from './selection.js';

/** The global weights w, the round that they stand for, and what an algorithm says besides. */
export type Broadcast<Told> = Payload<{ readonly round: number; readonly told: Told }, 'weights'>;

/** The server's side; `Own` is what it keeps besides the weights, `Told` what clients hear besides these. */
export interface ServerRule<Own, Told, Names extends string = 'delta'> {
  start(context: InitContext): Own;
  tell(own: Own): Told;
  /** From w and the means over the clients to the next w. */
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
  readonly scalars: Scalars;
  readonly kept?: Kept;
};

/** The same where Δ_k is the only vector. */
export type ClientRule<Told, Kept = undefined> = (
  ...parameters: Parameters<AnswerRule<Told, 'delta', Kept>>
) => {
  readonly delta: Float32Array;
  readonly scalars: Scalars;
  readonly kept?: Kept;
};

/** How long an answer's vectors are. */
type Lengths<Names extends string> = (model: Model, weights: Float32Array) => Readonly<Record<Names, number>>;

/** An algorithm of this form. */
export type Averaging<Own, Told, Names extends string, Kept> = {
  readonly family: 'federated';
} & SummingAlgorithm<ServerState<Own>, Broadcast<Told>, Names, Kept>;

export interface ServerState<Own> {
  /** How many exchanges have ended. */
  readonly round: number;
  readonly model: Model;
  readonly weights: Float32Array;
  readonly own: Own;
}

export function broadcastAveraging<Own, Told, Names extends string, Kept = undefined>(
  selection: Selection,
  client: AnswerRule<Told, Names, Kept>,
  server: ServerRule<Own, Told, Names>,
  lengths: Lengths<Names>,
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
      const { vectors, scalars, kept } = client(message, examples, tools, clientState);
      const answer = { header: {}, vectors, samples: examples.count, scalars };
      return kept === undefined ? { answer } : { answer, clientState: kept };
    },
    answerLengths: ({ vectors: { weights } }, model) => lengths(model, weights),
    weigh: ({ samples }) => samples,
    finish(state, sum) {
      const next = { ...state, round: state.round + 1 };
      return sum === undefined
        ? next
        : { ...next, ...server.step(state.weights, sum, state.own, state.model) };
    },
    model: ({ model, weights }) => ({ model, weights }),
  };
}

export function deltaAveraging<Own, Told, Kept = undefined>(
  selection: Selection,
  client: ClientRule<Told, Kept>,
  server: ServerRule<Own, Told>,
): Averaging<Own, Told, 'delta', Kept> {
  return broadcastAveraging(
    selection,
    (...parameters: Parameters<AnswerRule<Told, 'delta', Kept>>) => {
      const { delta, ...others } = client(...parameters);
      return { ...others, vectors: { delta } };
    },
    server,
    (_, weights) => ({ delta: weights.length }),
  );
}
