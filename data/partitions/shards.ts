/**
 * The pathological partition of McMahan et al. 2017, §3: examples sorted by label (in the data's order within
 * a label), cut into shards as equal as can be, and the shards dealt at random, as many to each client.
 */
import { z } from 'zod';
import { permutation, stream } from '../../numerics/index.js';
import { define } from '../../registry/index.js';
import type { Partition, PartitionContext } from '../partition.js';
import { assignParts, evenCuts } from './cuts.js';
import { assignedPartition, groupByClass } from './lists.js';
import { clientsOption } from './options.js';
import { PartitionError } from './partition-error.js';

export const shards = define({
  kind: 'shards',
  summary: 'Sorted by label, cut into shards, a few shards to each client: most hold few labels.',
  options: {
    clients: clientsOption,
    shardsPerClient: z.int().min(1).default(2).describe('How many shards each client gets.'),
  },
  create: ({ clients, shardsPerClient }, context: PartitionContext): Partition => {
    const examples = context.labels.length;
    const count = clients * shardsPerClient;
    if (count > examples) {
      throw new PartitionError(
        `${clients} clients with ${shardsPerClient} shards each need ${count} shards, more than the ${examples} ` +
          `examples: ask for ${Math.floor(examples / shardsPerClient)} clients or fewer, or for fewer shards`,
      );
    }
    const dealt = permutation(stream(context.seed, 'partition', 'shards'), count);
    const owners = dealt.map((place) => Math.floor(place / shardsPerClient));
    const assignment = new Int32Array(examples);
    assignParts(assignment, groupByClass(context).indices, evenCuts(examples, count), owners);
    return assignedPartition(clients, assignment, 'ask for fewer clients');
  },
});
