/**
 * Each client draws its label distribution from Dir(α·1), then examples with replacement from the whole set, as the nodes of gossip
 * learning with variance correction do. A client's list is drawn on demand from its own stream, so unused clients cost nothing.
 */
import { z } from 'zod';
import { distributions, drawInteger, stream } from '../../numerics/index.js';
import { define } from '../../registry/index.js';
import type { Partition, PartitionContext } from '../partition.js';
import { groupByClass, row } from './lists.js';
import { alphaOption, clientsOption } from './options.js';
import { checkEnough } from './partition-error.js';

const kind = 'dirichlet-draw';

export const dirichletDraw = define({
  kind,
  summary: 'Each client draws a label distribution, then examples from the whole set with replacement.',
  options: {
    clients: clientsOption,
    alpha: alphaOption,
    samplesPerClient: z.int().min(1).default(600).describe('The number of examples that each client draws.'),
  },
  create: (options, context: PartitionContext): Partition => {
    const { clients, alpha, samplesPerClient: samples } = options;
    checkEnough(1, context.labels.length);
    const byClass = groupByClass(context);
    const examples = Array.from({ length: context.classes }, (_, label) => row(byClass, label)).filter(
      (ofClass) => ofClass.length > 0,
    );
    const concentrations = examples.map(() => alpha);
    return {
      clients,
      size: () => samples,
      indices: (client) => {
        const draw = stream(context.seed, 'partition', kind, client);
        const shares = distributions.dirichlet(draw, concentrations);
        return Uint32Array.from({ length: samples }, () => {
          const ofClass = examples[pick(shares, draw())];
          return ofClass[drawInteger(draw, ofClass.length)];
        }).sort();
      },
      share: () => ({ kind: 'recipe', choice: { kind, ...options }, context }),
    };
  },
});

/** The first index whose cumulative share exceeds u; the last with a positive share if rounding prevents that. */
function pick(shares: readonly number[], u: number): number {
  let last = 0;
  let cumulative = 0;
  for (const [place, share] of shares.entries()) {
    if (share === 0) continue;
    cumulative += share;
    if (u < cumulative) return place;
    last = place;
  }
  return last;
}
