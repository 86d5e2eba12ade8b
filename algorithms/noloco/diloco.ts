/**
 * DiLoCo: Douillard et al., "DiLoCo: Distributed Low-Communication Training of Language Models", arXiv 2311.08105.
 * Replicas take H inner steps, then all the same outer step with the mean Δ = θ − φ: Nesterov's, v ← μv + Δ̄,
 * φ ← φ + η(Δ̄ + μv); or heavy-ball as in NoLoCo's repository (pipeline_diloco_optimizer.py), v ← μv + ηΔ̄, φ ← φ + v.
 */
import { z } from 'zod';
import { define } from '../../registry/index.js';
import type { Algorithm } from '../algorithm.js';
import { WEIGHTS, type Effect, type GossipAlgorithm, type Message, type View } from '../gossip.js';
import { combine, snapshot } from '../gossip/mixing-row.js';
import { train, trainingOptions } from '../gossip/options.js';
import { plainForm } from '../message-form.js';
import { allToAllNeeds, meanOverAll, sendToAll } from './all-to-all.js';
import { DELTA, MOMENTUM, SLOW } from './outer-step.js';

const outer = {
  outerOptimizer: z
    .enum(['nesterov', 'heavyball'])
    .default('nesterov')
    .describe("the outer step: the paper's with its look-ahead, or that of NoLoCo's comparison"),
  outerLearningRate: z.number().positive().default(0.7).describe('η of the outer step'),
  outerMomentum: z.number().min(0).lt(1).default(0.9).describe("μ (0.3 in NoLoCo's comparison)"),
};

type Outer = z.output<z.ZodObject<typeof outer>>;

function outerStep(options: Outer, view: View, messages: readonly Message[]): Effect[] {
  const { outerOptimizer: rule, outerLearningRate: eta, outerMomentum: mu } = options;
  const mean = (scale: number) => meanOverAll(view, messages, DELTA, scale);
  // Running statistics have no momentum: where that vector has them, it has the replicas' latest mean.
  const own = [[mu, MOMENTUM, 0]] as const;
  if (rule === 'heavyball') {
    const moved = [
      [1, SLOW, 0],
      [1, MOMENTUM],
    ] as const;
    return [combine(MOMENTUM, own, mean(eta)), combine(WEIGHTS, moved)];
  }
  const moved = [
    [1, SLOW, 0],
    [eta * mu, MOMENTUM, 0],
  ] as const;
  return [combine(MOMENTUM, own, mean(1)), combine(WEIGHTS, moved, mean(eta))];
}

export const diloco = define({
  kind: 'diloco',
  summary: 'DiLoCo: inner steps, then one outer Nesterov step with the mean of all replicas.',
  options: { ...trainingOptions, amount: trainingOptions.amount.prefault({ steps: 100 }), ...outer },
  create: (options): Algorithm => {
    const algorithm: GossipAlgorithm<null> = {
      vectors: [SLOW, MOMENTUM, DELTA],
      endsAfter: 'aggregation',
      expects: { kind: 'round' },
      forms: () => [plainForm(DELTA)],
      start: () => null,
      wake: (control, view) => ({
        control,
        effects: [
          combine(SLOW, [[1, WEIGHTS]]),
          ...train(options, view),
          snapshot,
          combine(DELTA, [
            [1, WEIGHTS],
            [-1, SLOW, 0],
          ]),
          ...sendToAll(view, DELTA),
        ],
      }),
      receive: (control, messages, view) => ({ control, effects: outerStep(options, view, messages) }),
    };
    return { family: 'gossip', ...algorithm, needs: allToAllNeeds };
  },
});
