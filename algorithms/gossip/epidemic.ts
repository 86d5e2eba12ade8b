/**
 * Epidemic learning: De Vos, Farhadkhani, Guerraoui, Kermarrec, Pires & Sharma, "Epidemic Learning: Boosting
 * Decentralized Learning with Randomized Communication", NeurIPS 2023, algorithm 1. In each round a node trains,
 * sends its model to s random others, and replaces it by the mean of the own and the received ones,
 * x ← (x + Σ received) / (1 + #received). On topology `complete`, s others drawn by every node are EL-Local; topology
 * `epidemic`, which draws the graph of each round itself, with fanout: all is EL-Oracle (or EL-Local, as it says).
 */
import { define } from '../../registry/index.js';
import type { Algorithm, AlgorithmContext } from '../algorithm.js';
import { fanoutOption, trainingOptions } from './options.js';
import { gossiping } from './skeleton.js';

export const epidemic = define({
  kind: 'epidemic',
  summary: 'Epidemic learning: every round, train, send to random others, and take the mean of what came.',
  options: { ...trainingOptions, fanout: fanoutOption.default('all') },
  create: (options, context: AlgorithmContext): Algorithm => ({
    family: 'gossip',
    ...gossiping(
      {
        ...options,
        protocol: 'push',
        order: 'update-merge',
        merge: { kind: 'mean', share: 'proportional' },
        message: { kind: 'whole' },
        tokenAccount: { kind: 'proactive' },
      },
      context,
    ),
    needs: () => ({ schedules: ['synchronous'] }),
  }),
});
