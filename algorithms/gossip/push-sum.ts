/**
 * Stochastic gradient push: Assran, Loizou, Ballas & Rabbat, "Stochastic Gradient Push for Distributed Deep
 * Learning", ICML 2019, algorithm 1. With column-stochastic shares P, on directed graphs too: x_i ← Σ_j P_ij (x_j −
 * η g_j), ω_i ← Σ_j P_ij ω_j, z_i = x_i / ω_i, and gradients are taken at z. The weights hold z; x is never stored:
 * a message carries z and, as its mass, P_ij ω_j, so that z_i is the mean of what came and what was kept, by mass.
 */
import { define } from '../../registry/index.js';
import type { Algorithm, AlgorithmContext } from '../algorithm.js';
import { WEIGHTS, type Effect, type GossipAlgorithm, type View } from '../gossip.js';
import { mixingReads } from '../needs.js';
import { combine, snapshot } from './mixing-row.js';
import { train, trainingOptions, type TrainingOptions } from './options.js';

interface Control {
  /** ω: the masses of all nodes and of all messages on their way sum to the number of nodes. */
  readonly mass: number;
}

/** z before training. */
const OLD = 'old';

/** x ← x − η g, in terms of z: z ← z − (η / ω) g. Running statistics are those that training left. */
function trainAtMass(training: TrainingOptions, mass: number, view: View): Effect[] {
  const effects = train(training, view);
  if (mass === 1 || effects.length === 0) return effects;
  return [
    combine(OLD, [[1, WEIGHTS]]),
    ...effects,
    combine(WEIGHTS, [
      [1 / mass, WEIGHTS, 1],
      [1 - 1 / mass, OLD, 0],
    ]),
  ];
}

export const pushSum = define({
  kind: 'push-sum',
  summary:
    'Stochastic gradient push: SGD with push-sum averaging, exact on directed and time-varying graphs.',
  options: { ...trainingOptions, amount: trainingOptions.amount.prefault({ steps: 1 }) },
  create: (training, { synchronous }: AlgorithmContext): Algorithm => {
    const algorithm: GossipAlgorithm<Control> = {
      vectors: [OLD],
      mixes: 'columns',
      endsAfter: 'aggregation',
      expects: { kind: synchronous ? 'round' : 'each' },
      // All masses together are the number of nodes.
      forms: ({ nodes }) => [
        { header: { mass: { least: Number.MIN_VALUE, most: nodes, isWhole: false } }, vectors: [WEIGHTS] },
      ],
      start: () => ({ mass: 1 }),
      wake({ mass }, view) {
        const shares = view.shares();
        const pushes = Array.from(view.out, (to, at) => ({
          kind: 'send' as const,
          to,
          header: { mass: shares.out[at] * mass },
          vectors: [WEIGHTS],
        }));
        return {
          control: { mass: shares.self * mass },
          effects: [...trainAtMass(training, mass, view), snapshot, ...pushes],
        };
      },
      receive({ mass }, messages) {
        const total = messages.reduce((sum, { header }) => sum + header.mass, mass);
        if (messages.length === 0) return { control: { mass }, effects: [] };
        const received = messages.map(({ header }, message) => ({
          coefficient: header.mass / total,
          of: { message, vector: WEIGHTS },
        }));
        return {
          control: { mass: total },
          effects: [combine(WEIGHTS, [[mass / total, WEIGHTS]], received)],
        };
      },
    };
    return {
      family: 'gossip',
      ...algorithm,
      needs: (schedule) => ({ reads: mixingReads(schedule), everyMessage: 'its total mass' }),
    };
  },
});
