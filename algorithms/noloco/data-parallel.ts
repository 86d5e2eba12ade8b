/**
 * Synchronous data-parallel training: in every step replicas take the mean of their gradients and the same step with it.
 * The line that algorithms with less communication are measured against; a round is one step.
 */
import { define } from '../../registry/index.js';
import type { Algorithm } from '../algorithm.js';
import type { GossipAlgorithm } from '../gossip.js';
import { batchOptions, trainingOptions } from '../gossip/options.js';
import { meanOverAll, refuseIncomplete, sendToAll } from './all-to-all.js';

const GRADIENT = 'gradient';

export const dataParallel = define({
  kind: 'data-parallel',
  summary: 'Synchronous data-parallel training: a step along the mean of all gradients; a reference line.',
  options: {
    ...batchOptions,
    optimizer: trainingOptions.optimizer,
    clip: trainingOptions.clip.describe("clips the norm of each step's mean gradient"),
  },
  create: ({ batchSize, optimizer, clip }): Algorithm => {
    const algorithm: GossipAlgorithm<null> = {
      vectors: [GRADIENT],
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
      receive: (control, messages, view) => ({
        control,
        effects: [{ kind: 'step', along: meanOverAll(view, messages, GRADIENT), optimizer, clip }],
      }),
      refuse: (community) => refuseIncomplete('data-parallel', community),
    };
    return { family: 'gossip', ...algorithm };
  },
});
