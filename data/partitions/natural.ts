/**
 * The natural partition: a client is an owner (a writer, a speaker, a role: McMahan et al. 2017, §3), in the order of the
 * dataset's owners, or a group of owners if the recipe has fewer clients.
 */
import { z } from 'zod';
import { permutation, stream } from '../../numerics/index.js';
import { define } from '../../registry/index.js';
import type { Partition, PartitionContext } from '../partition.js';
import { assignParts, evenCuts } from './cuts.js';
import { assignedPartition } from './lists.js';
import { clientCount } from './options.js';
import { PartitionError } from './partition-error.js';

export const natural = define({
  kind: 'natural',
  summary: "A client is one of the data's owners (a writer, a speaker), or a group of them.",
  options: {
    minimum: z.int().min(1).default(1).describe('Owners with fewer examples are not used.'),
    clients: clientCount
      .optional()
      .describe(
        'Groups the owners at random into this many clients of equal numbers of owners; by default each owner is a client.',
      ),
  },
  create: ({ minimum, clients }, { seed, owner, owners }: PartitionContext): Partition => {
    if (owner === undefined) {
      throw new PartitionError(
        'this dataset has no natural owners: choose another partition (iid, shards, dirichlet, …)',
      );
    }
    const sizes = new Uint32Array(Math.max(owners?.length ?? 0, largest(owner) + 1));
    for (const o of owner) if (o >= 0) sizes[o]++;
    const kept = [...sizes.keys()].filter((o) => sizes[o] >= minimum);
    if (kept.length === 0) {
      throw new PartitionError(
        `no owner has ${minimum} examples; the largest owner has ${largest(sizes)}: lower the minimum`,
      );
    }
    const count = clients ?? kept.length;
    if (count > kept.length) {
      throw new PartitionError(
        `${count} clients but only ${kept.length} owners with at least ${minimum} ` +
          `${minimum === 1 ? 'example' : 'examples'}: use ${kept.length} clients or fewer`,
      );
    }

    const order =
      clients === undefined
        ? kept
        : permuted(kept, permutation(stream(seed, 'partition', 'natural'), kept.length));
    const clientOf = new Int32Array(sizes.length).fill(-1);
    assignParts(clientOf, order, evenCuts(kept.length, count));
    return assignedPartition(
      count,
      owner.map((o) => clientOf[o]),
      'use fewer clients',
    );
  },
});

function largest(values: Iterable<number>): number {
  let most = -1;
  for (const value of values) if (value > most) most = value;
  return most;
}

const permuted = (items: readonly number[], order: Uint32Array) => Array.from(order, (place) => items[place]);
