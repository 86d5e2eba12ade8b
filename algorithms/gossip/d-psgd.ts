/**
 * D-PSGD: Lian, Zhang, Zhang, Hsieh, Zhang & Liu, "Can Decentralized Algorithms Outperform Centralized Algorithms?",
 * NeurIPS 2017, algorithm 1: x_i ← Σ_j W_ij x_j − η ∇F_i(x_i), the gradient at the old x_i; or adapt-then-combine,
 * x_i ← Σ_j W_ij (x_j − η ∇F_j(x_j)). With local steps, what training adds takes the place of −η ∇F (DFedAvg).
 * Running statistics are mixed as training left them, in both orders.
 */
import { z } from 'zod';
import { hasStatistics } from '../../learning/index.js';
import { define } from '../../registry/index.js';
import type { Algorithm } from '../algorithm.js';
import { SNAPSHOT, WEIGHTS, type Effect, type GossipAlgorithm, type View } from '../gossip.js';
import { plainForm } from '../message-form.js';
import { mixingReads } from '../needs.js';
import { combine, mixed, mixingRow, snapshot } from './mixing-row.js';
import { train, trainingOptions } from './options.js';

/** x_i as it was sent, while the weights are trained. */
const OLD = 'old';

const sendAll = (view: View, vector = WEIGHTS): Effect[] =>
  Array.from(view.out, (to) => ({ kind: 'send', to, header: {}, vectors: [vector] }));

/**
 * Sends x_i as it was before training. Running statistics, where there are some, go as training left them, and so all goes
 * after it: mixed with old ones a node's own would follow its batches W_ii times as fast as they should.
 */
function sendOld(view: View, training: readonly Effect[]): Effect[] {
  const keep = combine(OLD, [[1, WEIGHTS]]);
  if (!hasStatistics(view.model.manifest)) return [...sendAll(view), keep, ...training];
  const own = [
    [1, OLD, 0],
    [0, WEIGHTS, 1],
  ] as const;
  return [keep, ...training, combine(OLD, own), ...sendAll(view, OLD)];
}

export const dPsgd = define({
  kind: 'd-psgd',
  summary: 'Decentralized SGD: nodes train and mix with their neighbours by a mixing matrix, in rounds.',
  options: {
    ...trainingOptions,
    amount: trainingOptions.amount.prefault({ steps: 1 }),
    order: z
      .enum(['combine-then-adapt', 'adapt-then-combine'])
      .default('combine-then-adapt')
      .describe('whether nodes mix their models as they were before training (the paper), or after it'),
  },
  create: ({ order, ...training }): Algorithm => {
    const combineFirst = order === 'combine-then-adapt';
    const algorithm: GossipAlgorithm<null> = {
      vectors: combineFirst ? [OLD] : [],
      mixes: 'rows',
      endsAfter: combineFirst ? 'training' : 'aggregation',
      expects: { kind: 'round' },
      forms: ({ model }) => [plainForm(combineFirst && hasStatistics(model.manifest) ? OLD : WEIGHTS)],
      start: () => null,
      wake: (control, view) => ({
        control,
        effects: combineFirst
          ? sendOld(view, train(training, view))
          : [...train(training, view), snapshot, ...sendAll(view)],
      }),
      receive(control, messages, view) {
        const row = mixingRow(view, messages);
        const sent = combineFirst && hasStatistics(view.model.manifest) ? OLD : WEIGHTS;
        // (trained − old) + W_ii · old + Σ W_ij x_j; of running statistics W_ii · trained + Σ W_ij · trained_j
        const own = combineFirst
          ? ([
              [1, WEIGHTS, row.self],
              [row.self - 1, OLD, 0],
            ] as const)
          : ([[row.self, WEIGHTS]] as const);
        const received = mixed(row, sent);
        const effects = [combine(WEIGHTS, own, received)];
        // Σ W_ij x_j, the paper's x_{k+½}.
        if (combineFirst) effects.unshift(combine(SNAPSHOT, [[row.self, OLD]], received));
        return { control, effects };
      },
    };
    return {
      family: 'gossip',
      ...algorithm,
      needs: (schedule) => ({ reads: mixingReads(schedule), schedules: ['synchronous'] }),
    };
  },
});
