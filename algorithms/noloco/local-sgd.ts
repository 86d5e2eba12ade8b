/**
 * Local SGD: every replica takes local steps, then all take the mean of their weights (Stich, "Local SGD Converges
 * Fast and Communicates Little", ICLR 2019). A baseline of NoLoCo's: its outer step with α = 0 and β = 1 over all.
 */
import { define } from '../../registry/index.js';
import type { Algorithm } from '../algorithm.js';
import { WEIGHTS, type GossipAlgorithm } from '../gossip.js';
import { combine, snapshot } from '../gossip/mixing-row.js';
import { train, trainingOptions } from '../gossip/options.js';
import { plainForm } from '../message-form.js';
import { allToAllNeeds, meanOverAll, sendToAll } from './all-to-all.js';

export const localAveraging = define({
  kind: 'local-sgd',
  summary: 'Local SGD: replicas train, then all take the mean of their weights.',
  options: { ...trainingOptions, amount: trainingOptions.amount.prefault({ steps: 50 }) },
  create: (training): Algorithm => {
    const algorithm: GossipAlgorithm<null> = {
      endsAfter: 'aggregation',
      expects: { kind: 'round' },
      forms: () => [plainForm(WEIGHTS)],
      start: () => null,
      wake: (control, view) => ({
        control,
        effects: [...train(training, view), snapshot, ...sendToAll(view, WEIGHTS)],
      }),
      receive: (control, messages, view) => ({
        control,
        effects: [combine(WEIGHTS, [], meanOverAll(view, messages, WEIGHTS))],
      }),
    };
    return { family: 'gossip', ...algorithm, needs: allToAllNeeds };
  },
});
