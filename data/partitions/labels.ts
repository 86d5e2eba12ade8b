/**
 * k labels per client: NIID-Bench's "#C = k" (Li et al. 2022; its utils.py). Client c has label c mod C, so that C clients have
 * all labels, and k − 1 others at random. Each label's shuffled examples are split among the clients with the label; labels
 * without clients are unused.
 */
import { z } from 'zod';
import { sampleWithoutReplacement, shuffle, stream } from '../../numerics/index.js';
import { define } from '../../registry/index.js';
import type { Partition, PartitionContext } from '../partition.js';
import { assignParts, cutsByShares } from './cuts.js';
import { assignedPartition, groupByClass, row } from './lists.js';
import { clientsOption } from './options.js';
import { PartitionError } from './partition-error.js';
import { powerLaw } from './power-law.js';

export const labels = define({
  kind: 'labels',
  summary: 'Each client has k different labels; each label is split among the clients that have it.',
  options: {
    clients: clientsOption,
    labelsPerClient: z.int().min(1).default(2).describe('The number of different labels of each client, k.'),
    exponent: z
      .number()
      .min(0)
      .default(0)
      .describe('0 splits a label evenly; above 0 in proportion to a power law over the clients (FedProx).'),
  },
  create: ({ clients, labelsPerClient: k, exponent }, context: PartitionContext): Partition => {
    const { seed } = context;
    const byClass = groupByClass(context);
    const sizeOf = (label: number) => byClass.offsets[label + 1] - byClass.offsets[label];
    const present = Array.from({ length: context.classes }, (_, label) => label).filter((l) => sizeOf(l) > 0);
    if (k > present.length) {
      throw new PartitionError(
        `a client cannot have ${k} different labels: the examples have ${present.length}; use labelsPerClient: ${present.length} or fewer`,
      );
    }

    const owners = new Map(present.map((label) => [label, [] as number[]]));
    for (let client = 0; client < clients; client++) {
      const draw = stream(seed, 'partition', 'labels', 'client', client);
      const first = client % present.length;
      const others = sampleWithoutReplacement(draw, present.length - 1, k - 1);
      for (const place of [first, ...others.map((other) => (other < first ? other : other + 1))]) {
        owners.get(present[place])?.push(client);
      }
    }

    const weights = powerLaw(clients, exponent, stream(seed, 'partition', 'labels', 'sizes'));
    const assignment = new Int32Array(context.labels.length).fill(-1);
    for (const [label, clientsOf] of owners) {
      if (clientsOf.length === 0) continue;
      if (clientsOf.length > sizeOf(label)) {
        throw new PartitionError(
          `${clientsOf.length} clients have label ${label}, which has ${sizeOf(label)} examples: ` +
            'use fewer clients or fewer labels per client',
        );
      }
      const order = shuffle(stream(seed, 'partition', 'labels', 'order', label), row(byClass, label).slice());
      // Each client with the label gets one example, the rest is split by weight.
      const shares = clientsOf.map((client) => weights[client]);
      const cuts = cutsByShares(order.length - clientsOf.length, shares).map((cut, part) => cut + part);
      assignParts(assignment, order, cuts, clientsOf);
    }
    return assignedPartition(clients, assignment, 'use fewer clients');
  },
});
