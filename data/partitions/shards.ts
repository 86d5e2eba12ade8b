/**
 * The pathological partition of McMahan et al. 2017, §3: examples sorted by label (in the data's order within a label) are cut
 * into equal shards, and each client gets the same number of shards at random.
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
  summary:
    'Examples sorted by label are cut into shards, and each client gets a few: most clients have few labels.',
  options: {
    clients: clientsOption,
    shardsPerClient: z.int().min(1).default(2).describe('The number of shards of each client.'),
  },
  create: ({ clients, shardsPerClient }, context: PartitionContext): Partition => {
    const examples = context.labels.length;
    const count = clients * shardsPerClient;
    if (count > examples) {
      throw new PartitionError(
        `${clients} clients with ${shardsPerClient} shards each need ${count} shards, more than the ${examples} ` +
          `examples: use ${Math.floor(examples / shardsPerClient)} clients or fewer, or fewer shards`,
      );
    }
    const dealt = permutation(stream(context.seed, 'partition', 'shards'), count);
    const owners = dealt.map((place) => Math.floor(place / shardsPerClient));
    const assignment = new Int32Array(examples);
    assignParts(assignment, groupByClass(context).indices, evenCuts(examples, count), owners);
    return assignedPartition(clients, assignment, 'use fewer clients');
  },
});
