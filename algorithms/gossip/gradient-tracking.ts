/**
 * Gradient tracking (DSGT): Di Lorenzo & Scutari, "NEXT", IEEE TSIPN 2016; Nedić, Olshevsky & Shi, SIAM J. Optim.
 * 2017; with stochastic gradients Pu & Nedić, Math. Program. 2021. x ← W (x − η y), y ← W y + g(x′) − g(x), y⁰ =
 * g(x⁰): y follows the mean gradient of all nodes, so that different data do not bias where x comes to rest. With more
 * steps a round, W is the identity but for the last: Nguyen, Alghunaim, Yuan & Uribe, arXiv 2210.04757 (LU-GT).
 */
import { z } from 'zod';
import { stepsOf } from '../../learning/index.js';
import { define } from '../../registry/index.js';
import type { Algorithm } from '../algorithm.js';
import { WEIGHTS, type Effect, type GossipAlgorithm, type Term, type View } from '../gossip.js';
import { plainForm } from '../message-form.js';
import { mixingReads } from '../needs.js';
import { combine, mixed, mixingRow, snapshot } from './mixing-row.js';
import { batchOptions, trainingOptions } from './options.js';

/** y, and g of the latest x. */
const DIRECTION = 'direction';
const GRADIENT = 'gradient';

export const gradientTracking = define({
  kind: 'gradient-tracking',
  summary: 'Decentralized SGD along a running estimate of the mean gradient: no bias where data differ.',
  options: {
    ...batchOptions,
    amount: trainingOptions.amount.prefault({ steps: 1 }),
    learningRate: z.number().positive().default(0.1).describe('η, the rate'),
  },
  create: ({ batchSize, amount, learningRate }): Algorithm => {
    // A node without examples has the gradient 0.
    const measure = ({ samples }: View): Effect[] =>
      samples === 0 ? [] : [{ kind: 'gradient', batchSize, into: GRADIENT }];
    const step = combine(WEIGHTS, [
      [1, WEIGHTS],
      [-learningRate, DIRECTION],
    ]);
    // y ← W y + g(x′) − g(x), W = I where nothing is received.
    const track = (view: View, self = 1, received: readonly Term[] = []): Effect[] => [
      combine(
        DIRECTION,
        [
          [self, DIRECTION],
          [-1, GRADIENT],
        ],
        received,
      ),
      ...measure(view),
      combine(DIRECTION, [
        [1, DIRECTION],
        [1, GRADIENT],
      ]),
    ];
    // A node without examples follows the others: it takes as many steps as are counted, or one.
    const localSteps = ({ samples }: View) =>
      samples === 0 && 'epochs' in amount ? 1 : stepsOf(amount, batchSize, samples);
    const algorithm: GossipAlgorithm<null> = {
      vectors: [DIRECTION, GRADIENT],
      mixes: 'both',
      endsAfter: 'aggregation',
      expects: { kind: 'round' },
      forms: () => [plainForm(WEIGHTS, DIRECTION)],
      start: () => null,
      wake: (control, view) => ({
        control,
        effects: [
          ...(view.round === 0 ? [...measure(view), combine(DIRECTION, [[1, GRADIENT]])] : []),
          ...Array.from({ length: localSteps(view) - 1 }, () => [step, ...track(view)]).flat(),
          step,
          snapshot,
          ...Array.from(view.out, (to) => ({
            kind: 'send' as const,
            to,
            header: {},
            vectors: [WEIGHTS, DIRECTION],
          })),
        ],
      }),
      receive(control, messages, view) {
        const row = mixingRow(view, messages);
        const effects = [
          combine(WEIGHTS, [[row.self, WEIGHTS]], mixed(row, WEIGHTS)),
          ...track(view, row.self, mixed(row, DIRECTION)),
        ];
        return { control, effects };
      },
    };
    return {
      family: 'gossip',
      ...algorithm,
      needs: (schedule) => ({
        reads: mixingReads(schedule),
        schedules: ['synchronous'],
        everyMessage: 'the sum of all gradients',
      }),
    };
  },
});
