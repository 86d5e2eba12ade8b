/**
 * What FedAvg and its kin share: each round the server sends its weights w to some clients, these train and
 * answer Δ_k = w_k − w, and the server moves by the mean Δ̄ = Σ n_k Δ_k / Σ n_k over those who answered.
 * An algorithm says how a client trains and how the server moves.
 */
import type { Examples, Model } from '../learning/index.js';
import type { InitContext, LocalTools, Sum, SummingAlgorithm } from './federated.js';
import type { Payload } from './payload.js';
import type { Scalars } from './payload.js';
import { selectClients, type Selection } from './selection.js';

/** The global weights w, the round that they stand for, and what an algorithm says besides. */
export type Broadcast<Told> = Payload<{ readonly round: number; readonly told: Told }, 'weights'>;

/** The server's side; `Own` is what it keeps besides the weights, `Told` what clients hear besides these. */
export interface ServerRule<Own, Told> {
  start(context: InitContext): Own;
  tell(own: Own): Told;
  /** From w and the means over the clients to the next w. */
  step(weights: Float32Array, sum: Sum<'delta'>, own: Own): { weights: Float32Array; own: Own };
}

/** The client's side: Δ_k, numbers that are averaged like it, and what the client keeps for its next time. */
export type ClientRule<Told, Kept = undefined> = (
  message: Broadcast<Told>,
  examples: Examples,
  tools: LocalTools,
  kept: Kept | undefined,
) => {
  readonly delta: Float32Array;
  readonly scalars: Scalars;
  readonly kept?: Kept;
};

/** An algorithm of this form. */
export type DeltaAveraging<Own, Told, Kept> = { readonly family: 'federated' } & SummingAlgorithm<
  ServerState<Own>,
  Broadcast<Told>,
  'delta',
  Kept
>;

export interface ServerState<Own> {
  /** How many exchanges have ended. */
  readonly round: number;
  readonly model: Model;
  readonly weights: Float32Array;
  readonly own: Own;
}

export function deltaAveraging<Own, Told, Kept = undefined>(
  selection: Selection,
  client: ClientRule<Told, Kept>,
  server: ServerRule<Own, Told>,
): DeltaAveraging<Own, Told, Kept> {
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
      const { delta, scalars, kept } = client(message, examples, tools, clientState);
      const answer = { header: {}, vectors: { delta }, samples: examples.count, scalars };
      return kept === undefined ? { answer } : { answer, clientState: kept };
    },
    answerLengths: ({ vectors: { weights } }) => ({ delta: weights.length }),
    weigh: ({ samples }) => samples,
    finish(state, sum) {
      const next = { ...state, round: state.round + 1 };
      return sum === undefined ? next : { ...next, ...server.step(state.weights, sum, state.own) };
    },
    model: ({ model, weights }) => ({ model, weights }),
  };
}
