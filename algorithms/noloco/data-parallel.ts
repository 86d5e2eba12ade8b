/**
 * Synchronous data-parallel SGD: in every step replicas take the mean of their gradients and the same step with it.
 * The line that algorithms with less communication are measured against; a round is one step.
 */
import { learningRate, type Optimizer } from '../../learning/index.js';
import { define } from '../../registry/index.js';
import type { Algorithm } from '../algorithm.js';
import { WEIGHTS, type Effect, type GossipAlgorithm, type Message, type View } from '../gossip.js';
import { combine } from '../gossip/mixing-row.js';
import { batchOptions, trainingOptions } from '../gossip/options.js';
import { meanOverAll, refuseIncomplete, sendToAll } from './all-to-all.js';
import { MOMENTUM } from './outer-step.js';

const GRADIENT = 'gradient';
/** ḡ + λw */
const DIRECTION = 'direction';

/** One step of the optimizer with the mean gradient: v ← μv + d, w ← w − η v, or with Nesterov's η(d + μv). */
function step(optimizer: Optimizer, view: View, messages: readonly Message[]): Effect[] {
  const { momentum, nesterov, weightDecay } = optimizer;
  const rate = learningRate(optimizer, { round: view.round, step: view.round });
  const ahead = nesterov ? [-rate, -rate * momentum] : [0, -rate];
  return [
    combine(DIRECTION, [[weightDecay, WEIGHTS]], meanOverAll(view, messages, GRADIENT)),
    combine(MOMENTUM, [
      [momentum, MOMENTUM],
      [1, DIRECTION],
    ]),
    combine(WEIGHTS, [
      [1, WEIGHTS],
      [ahead[0], DIRECTION],
      [ahead[1], MOMENTUM],
    ]),
  ];
}

export const dataParallel = define({
  kind: 'data-parallel',
  summary: 'Synchronous data-parallel SGD: the mean of all gradients in every step; a reference line.',
  options: { ...batchOptions, optimizer: trainingOptions.optimizer },
  create: ({ batchSize, optimizer }): Algorithm => {
    const algorithm: GossipAlgorithm<null> = {
      vectors: [GRADIENT, DIRECTION, MOMENTUM],
      expects: { kind: 'round' },
      start: () => null,
      wake: (control, view) => ({
        control,
        effects: [
          // A replica without examples has the gradient 0.
          ...(view.samples === 0 ? [] : [{ kind: 'gradient' as const, batchSize, into: GRADIENT }]),
          ...sendToAll(view, GRADIENT),
        ],
      }),
      receive: (control, messages, view) => ({ control, effects: step(optimizer, view, messages) }),
      refuse: (community) => refuseIncomplete('data-parallel', community),
    };
    return { family: 'gossip', ...algorithm };
  },
});
