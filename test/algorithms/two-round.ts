/**
 * An algorithm like FedMA: rounds of two kinds alternate, updates are collected, messages differ by client, and after
 * every first round there is no whole model.
 *
 * Odd rounds: clients train from the common weights; the server averages their first layers only.
 * Even rounds: the same clients get that layer along with their own other layers, train these with the first one
 * frozen, and the server averages the rest. Means are weighted by examples, in float64 and client order.
 */
import type {
  ClientUpdate,
  CollectingAlgorithm,
  FederatedAlgorithm,
  Payload,
} from '../../algorithms/index.js';
import { localSgd, type LocalOptions } from '../../algorithms/local-sgd.js';
import { selectClients } from '../../algorithms/selection.js';
import { addScaled } from '../../algorithms/vectors.js';
import { optimizerSchema, type Model } from '../../learning/index.js';

type State = { readonly round: number; readonly model: Model } & (
  | { readonly phase: 'whole'; readonly weights: Float32Array }
  | {
      readonly phase: 'rest';
      readonly first: Float32Array;
      readonly trained: readonly { readonly client: number; readonly weights: Float32Array }[];
    }
);
type Header = { readonly round: number; readonly phase: State['phase'] };
type Message = Payload<Header, 'weights'>;
type Reply = ClientUpdate<'weights'>;

/** How many weights belong to the first layer: its kernel and its bias. */
const firstLayer = ({ manifest: { tensors } }: Model) => tensors[0].size + tensors[1].size;

/** Mean weights over the answers, from number `from` on up to number `to`. */
function meanPart(answers: readonly { readonly answer: Reply }[], from: number, to: number): Float32Array {
  const sums = new Float64Array(to - from);
  let samples = 0;
  for (const { answer } of answers) {
    samples += answer.samples;
    for (let i = from; i < to; i++) sums[i - from] += answer.samples * answer.vectors.weights[i];
  }
  return Float32Array.from(sums, (sum) => sum / samples);
}

function joined(first: Float32Array, rest: Float32Array): Float32Array {
  const weights = new Float32Array(first.length + rest.length);
  weights.set(first);
  weights.set(rest, first.length);
  return weights;
}

export function twoRound(
  options: Partial<LocalOptions> = {},
): FederatedAlgorithm & { readonly family: 'federated' } {
  const local: LocalOptions = {
    amount: { epochs: 1 },
    batchSize: 'all',
    optimizer: optimizerSchema.parse({ learningRate: 0.5 }),
    ...options,
  };
  const algorithm: CollectingAlgorithm<State, Message, Reply> = {
    answers: 'all',
    init: ({ model, weights }) => ({ round: 0, model, phase: 'whole', weights }),
    plan(state, context) {
      const header = { round: state.round, phase: state.phase };
      if (state.phase === 'whole') {
        const message = { header, vectors: { weights: state.weights } };
        return { to: selectClients({ fraction: 1 }, context).map((client) => ({ client, message })) };
      }
      const { first, trained } = state;
      return {
        to: trained.map(({ client, weights }) => ({
          client,
          message: { header, vectors: { weights: joined(first, weights.subarray(first.length)) } },
        })),
      };
    },
    localUpdate(message, examples, _clientState, tools) {
      const { phase } = message.header;
      const terms = phase === 'rest' ? { frozenLayers: 1 } : {};
      const { delta, loss } = localSgd(local, message, examples, tools, terms);
      const weights = addScaled(message.vectors.weights, 1, delta);
      return { answer: { header: {}, vectors: { weights }, samples: examples.count, scalars: { loss } } };
    },
    finish(state, answers) {
      const { model } = state;
      const round = state.round + 1;
      if (answers.length === 0) return { ...state, round };
      const split = firstLayer(model);
      if (state.phase === 'whole') {
        const trained = answers.map(({ client, answer }) => ({ client, weights: answer.vectors.weights }));
        return { round, model, phase: 'rest', first: meanPart(answers, 0, split), trained };
      }
      const rest = meanPart(answers, split, model.manifest.length);
      return { round, model, phase: 'whole', weights: joined(state.first, rest) };
    },
    model: (state) => (state.phase === 'whole' ? { model: state.model, weights: state.weights } : undefined),
  };
  return { family: 'federated', ...algorithm };
}
