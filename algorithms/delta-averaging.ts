/**
 * What FedAvg and its kin share: each round the server sends its weights w to some clients, these train and
 * answer Δ_k = w_k − w, and the server moves by the mean Δ̄ = Σ n_k Δ_k / Σ n_k over those who answered.
 * An algorithm says how a client trains and how the server moves.
 */
import type { Examples, Model } from '../learning/index.js';
import type { InitContext, LocalTools, Sum, SummingAlgorithm } from './federated.js';
import type { Broadcast } from './local-sgd.js';
import type { Answer } from './payload.js';
import { selectClients, type Selection } from './selection.js';

/** The server's side; `Own` is what it keeps besides the weights, `Told` what clients hear besides these. */
export interface ServerRule<Own, Told> {
  start(context: InitContext): Own;
  tell(own: Own): Told;
  /** From w and the means over the clients to the next w. */
  step(weights: Float32Array, sum: Sum<'delta'>, own: Own): { weights: Float32Array; own: Own };
}

/** The client's side: Δ_k, and numbers that are averaged like it. */
export type ClientRule<Told> = (
  message: Broadcast<Told>,
  examples: Examples,
  tools: LocalTools,
) => Pick<Answer<'delta'>, 'scalars'> & { readonly delta: Float32Array };

export interface ServerState<Own> {
  /** How many exchanges have ended. */
  readonly round: number;
  readonly model: Model;
  readonly weights: Float32Array;
  readonly own: Own;
}

export function deltaAveraging<Own, Told>(
  selection: Selection,
  client: ClientRule<Told>,
  server: ServerRule<Own, Told>,
): { readonly family: 'federated' } & SummingAlgorithm<ServerState<Own>, Broadcast<Told>, 'delta'> {
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
    localUpdate(message, examples, _clientState, tools) {
      const { delta, scalars } = client(message, examples, tools);
      return { answer: { header: {}, vectors: { delta }, samples: examples.count, scalars } };
    },
    weigh: ({ samples }) => samples,
    finish(state, sum) {
      const next = { ...state, round: state.round + 1 };
      return sum === undefined ? next : { ...next, ...server.step(state.weights, sum, state.own) };
    },
    model: ({ model, weights }) => ({ model, weights }),
  };
}
