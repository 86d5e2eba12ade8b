/**
 * Quantity skew: clients differ in size, not in labels. Sizes follow Dirichlet shares (NIID-Bench's
 * "iid-diff-quantity", Li et al. 2022) or a power law over ranks.
 */
import { z } from 'zod';
import { distributions, permutation, stream } from '../../numerics/index.js';
import { define } from '../../registry/index.js';
import type { Partition, PartitionContext } from '../partition.js';
import { assignParts, cutsByShares } from './cuts.js';
import { cutUntilEnough } from './dirichlet-tries.js';
import { assignedPartition } from './lists.js';
import { alphaOption, clientsOption, minimumOption } from './options.js';
import { checkEnough } from './partition-error.js';
import { powerLaw } from './power-law.js';

export const quantityDirichlet = define({
  kind: 'quantity-dirichlet',
  summary: "Clients' sizes follow Dirichlet shares, labels are IID.",
  options: { clients: clientsOption, alpha: alphaOption, minimum: minimumOption.default(1) },
  create: (options, context: PartitionContext) => {
    const examples = context.labels.length;
    const [cuts] = cutUntilEnough(options, examples, (alpha, attempt) => {
      const draw = stream(context.seed, 'partition', 'quantity-dirichlet', 'sizes', 'try', attempt);
      return [
        cutsByShares(examples, distributions.dirichlet(draw, Array<number>(options.clients).fill(alpha))),
      ];
    });
    return cutShuffled('quantity-dirichlet', options.clients, cuts, context);
  },
});

export const quantityPowerLaw = define({
  kind: 'quantity-power-law',
  summary: "Clients' sizes follow a power law over ranks, labels are IID.",
  options: {
    clients: clientsOption,
    exponent: z
      .number()
      .min(0)
      .default(1)
      .describe('The client of rank r (1 is the largest) gets a share in proportion to r^-exponent.'),
    minimum: z
      .int()
      .min(1)
      .default(1)
      .describe('The number of examples that every client gets before the power law splits the rest.'),
  },
  create: ({ clients, exponent, minimum }, context: PartitionContext) => {
    const examples = context.labels.length;
    checkEnough(clients, examples, minimum);
    const draw = stream(context.seed, 'partition', 'quantity-power-law', 'ranks');
    const rest = cutsByShares(examples - clients * minimum, powerLaw(clients, exponent, draw));
    const cuts = rest.map((cut, client) => cut + client * minimum);
    return cutShuffled('quantity-power-law', clients, cuts, context);
  },
});

function cutShuffled(
  kind: string,
  clients: number,
  cuts: Uint32Array,
  { seed, labels }: PartitionContext,
): Partition {
  const assignment = new Int32Array(labels.length);
  assignParts(assignment, permutation(stream(seed, 'partition', kind, 'order'), labels.length), cuts);
  return assignedPartition(clients, assignment, 'use fewer clients');
}
