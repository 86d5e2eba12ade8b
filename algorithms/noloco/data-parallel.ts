/**
 * Synchronous data-parallel training: in every step replicas take the mean of their gradients and the same step with it.
 * The line that algorithms with less communication are measured against; a round is one step.
 */
import { define } from '../../registry/index.js';
import type { Algorithm } from '../algorithm.js';
import { hasStatistics } from '../../learning/index.js';
import { WEIGHTS, type Effect, type GossipAlgorithm, type Message, type View } from '../gossip.js';
import { combine } from '../gossip/mixing-row.js';
import { batchOptions, trainingOptions } from '../gossip/options.js';
import { plainForm } from '../message-form.js';
import { allToAllNeeds, meanOverAll, sendToAll } from './all-to-all.js';

const GRADIENT = 'gradient';

/** Running statistics have no gradient: they travel in its place. */
const withStatistics = ({ model }: View): Effect[] =>
  hasStatistics(model.manifest)
    ? [
        combine(GRADIENT, [
          [1, GRADIENT, 0],
          [0, WEIGHTS, 1],
        ]),
      ]
    : [];

/** All replicas take the mean of their running statistics, so that they stay the same. */
const meanStatistics = (view: View, messages: readonly Message[]): Effect[] =>
  hasStatistics(view.model.manifest)
    ? [combine(WEIGHTS, [[1, WEIGHTS, 0]], meanOverAll(view, messages, GRADIENT, 0))]
    : [];

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
      forms: () => [plainForm(GRADIENT)],
      start: () => null,
      wake: (control, view) => ({
        control,
        effects: [
          // A replica without examples has the gradient 0.
          ...(view.samples === 0 ? [] : [{ kind: 'gradient' as const, batchSize, into: GRADIENT }]),
          ...withStatistics(view),
          ...sendToAll(view, GRADIENT),
        ],
      }),
      receive: (control, messages, view) => ({
        control,
        effects: [
          { kind: 'step', along: meanOverAll(view, messages, GRADIENT), optimizer, clip },
          ...meanStatistics(view, messages),
        ],
      }),
    };
    return { family: 'gossip', ...algorithm, needs: allToAllNeeds };
  },
});
