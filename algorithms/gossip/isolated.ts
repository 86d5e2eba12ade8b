/** Isolated training: every node learns from its own examples alone. The line that exchanging models must beat. */
import { define } from '../../registry/index.js';
import type { Algorithm, AlgorithmContext } from '../algorithm.js';
import type { GossipAlgorithm } from '../gossip.js';
import { nodeReads } from '../needs.js';
import { train, trainingOptions } from './options.js';

export const isolated = define({
  kind: 'isolated',
  summary: 'No exchange: every node trains alone; a reference line.',
  options: trainingOptions,
  create: (training, { synchronous }: AlgorithmContext): Algorithm => {
    const algorithm: GossipAlgorithm<null> = {
      expects: synchronous ? { kind: 'round', from: () => [] } : { kind: 'each' },
      forms: () => [],
      start: () => null,
      wake: (control, view) => ({ control, effects: train(training, view) }),
      receive: (control) => ({ control, effects: [] }),
    };
    return { family: 'gossip', ...algorithm, needs: (schedule) => ({ reads: nodeReads(schedule) }) };
  },
});
