/**
 * SCAFFOLD: Karimireddy, Kale, Mohri, Reddi, Stich & Suresh, "SCAFFOLD: Stochastic Controlled Averaging for
 * Federated Learning", ICML 2020 (arXiv 1910.06378), Algorithm 1. Control variates c (server) and c_i (client,
 * both zero at first) correct the drift of local steps, y ← y − η_l (g_i(y) − c_i + c); N clients in all, S those
 * of the round, each of the same weight. The paper's clients take plain steps; with momentum the correction goes through
 * it as gradients do, and K η_l becomes η_l ‖a‖₁, so that c_i stays a mean gradient.
 */
import { z } from 'zod';
import {
  clearStatistics,
  sgdSchema,
  type Examples,
  type Model,
  type SgdOptimizer,
} from '../learning/index.js';
import { define } from '../registry/index.js';
import { coefficientSum } from './accumulation.js';
import type { LocalTools, SummingAlgorithm } from './federated.js';
import { localOptions, localSgd, type LocalOptions, type LocalWork } from './local-sgd.js';
import type { Payload } from './payload.js';
import { formRefusal, headerRefusal, lengthsRefusal, trainsOnce } from './refusals.js';
import { placeStatistics, withStatistics, withStatisticsLength } from './running-statistics.js';
import { selectClients, selectionOptions, type Selection } from './selection.js';
import { addScaled, combine, difference } from './vectors.js';

interface Options extends Selection, LocalOptions {
  readonly optimizer: SgdOptimizer;
  readonly option: 'I' | 'II';
  readonly serverLearningRate: number;
}

interface State {
  readonly round: number;
  readonly model: Model;
  readonly weights: Float32Array;
  /** c. */
  readonly control: Float32Array;
  /** N. */
  readonly clients: number;
}

type Message = Payload<{ readonly round: number }, 'weights' | 'control'>;

interface ClientState {
  /** c_i. */
  readonly control: Float32Array;
}

/** Option I: the gradient of all local examples at w. Weight decay is part of the objective here as in II. */
function gradientAt(
  { engine, model }: LocalTools,
  weights: Float32Array,
  examples: Examples,
  { weightDecay }: SgdOptimizer,
  chance: readonly [number, number] | undefined,
): Float32Array {
  const { gradient } = engine.gradient(model, weights, examples, chance);
  const decayed = addScaled(gradient, weightDecay, weights);
  clearStatistics(model.manifest, decayed);
  return decayed;
}

/**
 * Option II: c_i − c + (w − y) / (K η_l), where K η_l is how far the steps go under a constant gradient of one. Where a
 * schedule has come to 0 they tell nothing, and c_i stays.
 */
function meanGradient(
  own: Float32Array,
  correction: Float32Array,
  { delta, steps, rate }: LocalWork,
  { momentum, nesterov }: SgdOptimizer,
): Float32Array {
  const length = coefficientSum({ momentum, nesterov, pull: 0, relativeRate: rate }, steps);
  return length > 0 ? combine(correction, delta, (excess, moved) => -excess - moved / length) : own;
}

function create(
  options: Options,
): { readonly family: 'federated' } & SummingAlgorithm<State, Message, 'delta' | 'control', ClientState> {
  return {
    family: 'federated',
    answers: 'sum',
    keeps: 1,
    init: ({ model, weights, clients }) => ({
      round: 0,
      model,
      weights,
      control: new Float32Array(weights.length),
      clients,
    }),
    plan({ round, weights, control }, context) {
      const message = { header: { round }, vectors: { weights, control } };
      return { to: selectClients(options, context).map((client) => ({ client, message })) };
    },
    localUpdate(message, examples, clientState, tools) {
      const { weights, control } = message.vectors;
      const own = clientState?.control ?? new Float32Array(control.length);
      const correction = difference(control, own);
      const work = localSgd(options, message, examples, tools, { linear: correction });
      const { chance } = tools.draws(message.header.round);
      const next =
        options.option === 'I'
          ? gradientAt(tools, weights, examples, options.optimizer, chance?.(work.steps))
          : meanGradient(own, correction, work, options.optimizer);
      const vectors = withStatistics({ delta: work.delta, control: difference(next, own) }, work.statistics);
      return {
        answer: { header: {}, vectors, samples: examples.count, scalars: { loss: work.loss } },
        clientState: { control: next },
      };
    },
    answerLengths: ({ vectors: { weights } }, model) =>
      withStatisticsLength({ delta: weights.length, control: weights.length }, model),
    refuseAnswer: (answer, message, client) =>
      headerRefusal(z.strictObject({}), answer.header) ??
      formRefusal(answer, message, client, trainsOnce(options)),
    refuseMessage: ({ header, vectors }, { manifest: { length } }, round) =>
      headerRefusal(z.strictObject({ round: z.literal(round - 1) }), header) ??
      lengthsRefusal(vectors, { weights: length, control: length }),
    weigh: () => 1,
    /** w ← w + (η_g/|S|) Σ Δy, c ← c + (1/N) Σ Δc. */
    finish(state, sum) {
      const next = { ...state, round: state.round + 1 };
      if (sum === undefined) return next;
      const { delta, control } = sum.vectors;
      return {
        ...next,
        weights: placeStatistics(
          state.model,
          addScaled(state.weights, options.serverLearningRate, delta),
          sum.vectors,
        ),
        control: addScaled(state.control, sum.count / state.clients, control),
      };
    },
    model: ({ model, weights }) => ({ model, weights }),
  };
}

export const scaffold = define({
  kind: 'scaffold',
  summary: 'FedAvg whose clients correct their drift by control variates, at twice the traffic.',
  options: {
    ...selectionOptions,
    ...localOptions,
    optimizer: sgdSchema.prefault({ learningRate: 0.1 }).describe("the clients' optimizer"),
    option: z
      .enum(['I', 'II'])
      .default('II')
      .describe("a client's next control variate: I, its gradient at w; II, the mean gradient of its steps"),
    serverLearningRate: z.number().positive().default(1).describe("η_g, the server's rate"),
  },
  create,
});
