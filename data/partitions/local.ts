/** The partition of local data: each client is a name under which a worker brings its own data. */
import { z } from 'zod';
import { define } from '../../registry/index.js';
import type { Partition } from '../partition.js';
import { listPartition } from './lists.js';

export const local = define({
  kind: 'local',
  summary: 'Each client brings its own data over the network: murmur join --data FOLDER --client NAME.',
  options: {
    clients: z
      .array(z.string().regex(/^[\w.-]{1,200}$/, 'use letters, digits, dots, dashes and underscores only'))
      .min(1)
      .refine((names) => new Set(names).size === names.length, 'every client needs a different name')
      .describe('the names of the clients; their order numbers them'),
  },
  /** Only a client's worker knows its examples, so the recipe's partition is empty. */
  create: ({ clients }): Partition => listPartition(clients.map(() => [])),
});

/** The names of the clients that bring their own data, in order; undefined if the recipe has the data. */
export function localDataClients({
  kind,
  clients,
}: {
  readonly kind: string;
  readonly clients?: unknown;
}): readonly string[] | undefined {
  return kind === local.kind ? z.array(z.string()).parse(clients) : undefined;
}
