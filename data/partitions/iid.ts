/** The IID partition: examples in random order, cut into equal parts (McMahan et al. 2017, §3). */
import { permutation, stream } from '../../numerics/index.js';
import { define } from '../../registry/index.js';
import type { Partition, PartitionContext } from '../partition.js';
import { assignParts, evenCuts } from './cuts.js';
import { assignedPartition } from './lists.js';
import { clientsOption } from './options.js';
import { checkEnough } from './partition-error.js';

export const iid = define({
  kind: 'iid',
  summary: 'Examples in random order, cut into equal parts.',
  options: { clients: clientsOption },
  create: ({ clients }, { seed, labels }: PartitionContext): Partition => {
    checkEnough(clients, labels.length);
    const assignment = new Int32Array(labels.length);
    const order = permutation(stream(seed, 'partition', 'iid'), labels.length);
    assignParts(assignment, order, evenCuts(labels.length, clients));
    return assignedPartition(clients, assignment, 'use fewer clients');
  },
});
