/**
 * FedNova: Wang, Liu, Liang, Joshi & Poor, "Tackling the Objective Inconsistency Problem in Heterogeneous
 * Federated Optimization", NeurIPS 2020 (arXiv 2007.07481). Client i's τ_i steps add up to Δ_i = −η G_i a_i, the
 * columns of G_i its gradients and a_i the weights that its optimizer gives them. The server takes steps of the
 * common length τ_eff: w ← w + τ_eff Σ p_i Δ_i / ‖a_i‖₁, with p_i = n_i / Σ n and τ_eff = Σ p_i ‖a_i‖₁.
 */
import { z } from 'zod';
import { learningRate, sgdSchema, type SgdOptimizer } from '../learning/index.js';
import { define } from '../registry/index.js';
import { coefficientSum } from './accumulation.js';
import { deltaAveraging, type ClientRule, type ServerRule } from './delta-averaging.js';
import { serverMomentum, serverMomentumOptions } from './fedavgm.js';
import { localOptions, localSgd, type LocalOptions } from './local-sgd.js';
import { trainsOnce } from './refusals.js';
import { selectionOptions } from './selection.js';
import { scaled } from './vectors.js';

/** Sends Δ_i / ‖a_i‖₁, and both candidates for the terms of τ_eff, each step of both at the rate that it was taken with. */
function normalizingClient(
  options: LocalOptions & { readonly optimizer: SgdOptimizer },
  mu: number,
): ClientRule<unknown> {
  return (message, examples, tools) => {
    const terms = mu > 0 ? { proximal: { mu, anchor: message.vectors.weights } } : {};
    const { delta, statistics, loss, steps, rate } = localSgd(options, message, examples, tools, terms);
    const counted = lengthsOf(options.optimizer, mu, rate, steps);
    const { coefficients } = counted;
    // A schedule that has come to 0 moves nobody.
    const direction = coefficients > 0 ? scaled(1 / coefficients, delta) : delta;
    return { delta: direction, statistics, scalars: { loss, ...counted } };
  };
}

/** Both candidates for a client's term of τ_eff. */
function lengthsOf(
  { learningRate: eta, momentum, nesterov }: SgdOptimizer,
  mu: number,
  rate: (step: number) => number,
  steps: number,
) {
  const relativeRate = (step: number) => rate(step) / eta;
  return {
    steps: coefficientSum({ momentum: 0, nesterov: false, pull: 0, relativeRate }, steps),
    coefficients: coefficientSum({ momentum, nesterov, pull: eta * mu, relativeRate }, steps),
  };
}

/** Gives a server's rule the mean direction at its full length. */
function rescaled<Own, Told>(
  server: ServerRule<Own, Told>,
  length: 'steps' | 'coefficients',
): ServerRule<Own, Told> {
  return {
    ...server,
    step: (weights, sum, ...others) =>
      server.step(
        weights,
        { ...sum, vectors: { delta: scaled(sum.scalars[length], sum.vectors.delta) } },
        ...others,
      ),
  };
}

export const fednova = define({
  kind: 'fednova',
  summary: 'FedAvg of normalized updates: clients that do more local steps do not count for more.',
  options: {
    ...selectionOptions,
    ...localOptions,
    optimizer: sgdSchema.prefault({ learningRate: 0.1 }).describe("the clients' optimizer"),
    mu: z.number().min(0).default(0).describe('μ of a proximal term in the local objective, as in FedProx'),
    effectiveSteps: z
      .enum(['coefficients', 'steps'])
      .default('coefficients')
      .describe(
        'τ_eff is the mean of ‖a_i‖₁ (coefficients) or of τ_i, each step in proportion to its rate (steps); both agree for plain SGD',
      ),
    ...serverMomentumOptions(0),
  },
  create: ({ mu, effectiveSteps, ...options }) =>
    deltaAveraging(
      options,
      normalizingClient(options, mu),
      rescaled(serverMomentum(options), effectiveSteps),
      {
        ...trainsOnce(options),
        scalars: ({ header: { round } }, steps) =>
          lengthsOf(options.optimizer, mu, (step) => learningRate(options.optimizer, { round, step }), steps),
      },
    ),
});
