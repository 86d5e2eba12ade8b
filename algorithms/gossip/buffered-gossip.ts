/**
 * Gossip with a buffer: the protocol of Tian, Al-Ars, Kitsak & Hofstee, "Vanishing Variance Problem in Fully
 * Decentralized Neural-Network Systems", arXiv 2404.04616, as in their simulator (DFL_torch: simulator_common.py,
 * node.py). A node trains one batch, pushes to all neighbours, and merges once degree × R models have come, whoever
 * sent them: a fast neighbour may count twice. Periods of U{8, …, 12} ticks are the schedule's.
 */
import { z } from 'zod';
import { define } from '../../registry/index.js';
import type { Algorithm } from '../algorithm.js';
import { WEIGHTS, type GossipAlgorithm } from '../gossip.js';
import { standingForm } from '../message-form.js';
import { fewestSenders } from './fewest-models.js';
import { messageParts } from './message-parts.js';
import { mergeOption, train, trainingOptions, updates } from './options.js';
import { mergeMessages, standing } from './received.js';

const whole = messageParts({ kind: 'whole' });

export const bufferedGossip = define({
  kind: 'buffered-gossip',
  summary:
    'Train a batch, push to all neighbours, merge when as many models have come as there are neighbours.',
  options: {
    batchSize: trainingOptions.batchSize.default(64),
    amount: trainingOptions.amount.prefault({ steps: 1 }),
    optimizer: trainingOptions.optimizer.prefault({ learningRate: 0.01, momentum: 0.9, weightDecay: 1e-4 }),
    merge: mergeOption.prefault('variance-corrected'),
    share: z.number().min(0).max(1).default(0.5).describe("β, the own model's share of a merge"),
    repeats: z
      .int()
      .positive()
      .default(1)
      .describe('R: a merge takes degree × R models, the degree being how many neighbours a node hears from'),
  },
  create: ({ merge, share, repeats, ...training }): Algorithm => {
    const algorithm: GossipAlgorithm<{ readonly age: number }> = {
      expects: { kind: 'count', count: (view) => Math.max(view.in.length, 1) * repeats },
      forms: (context) => [{ header: standingForm(context), vectors: [WEIGHTS] }],
      start: () => ({ age: 0 }),
      wake(control, view) {
        const age = control.age + updates(training, view);
        const header = standing(view, age);
        const pushes = Array.from(view.out, (to) => ({
          kind: 'send' as const,
          to,
          header,
          vectors: [WEIGHTS],
        }));
        return { control: { age }, effects: [...train(training, view), ...pushes] };
      },
      receive(control, messages, view) {
        const places = [...messages.keys()];
        const { ages, effects } = mergeMessages(
          messages,
          places,
          [control.age],
          whole,
          { rule: merge, share },
          view,
        );
        return { control: { age: ages[0] }, effects };
      },
      merging: { rule: merge, share, fewest: (community) => 1 + repeats * fewestSenders(community) },
    };
    // It merges when its buffer is full, whenever that is.
    return { family: 'gossip', ...algorithm, needs: () => ({ schedules: ['asynchronous'] }) };
  },
});
