/** The partition of data that are the workers' own: a client is whoever brings data under its name. */
import { z } from 'zod';
import { define } from '../../registry/index.js';
import type { Partition } from '../partition.js';
import { listPartition } from './lists.js';

export const local = define({
  kind: 'local',
  summary: 'Each client brings its own data to a real federation: murmur join --data FOLDER --client NAME.',
  options: {
    clients: z
      .array(z.string().regex(/^[\w.-]{1,200}$/, 'use letters, digits, dots, dashes and underscores only'))
      .min(1)
      .refine((names) => new Set(names).size === names.length, 'a name is there twice')
      .describe('the names of those who take part; their order numbers them'),
  },
  /** What each has, only its worker knows: nothing, as far as the recipe goes. */
  create: ({ clients }): Partition => listPartition(clients.map(() => [])),
});

/** The names of the clients that bring their own data, in order; undefined where the data are the recipe's. */
export function localDataClients({
  kind,
  clients,
}: {
  readonly kind: string;
  readonly clients?: unknown;
}): readonly string[] | undefined {
  return kind === local.kind ? z.array(z.string()).parse(clients) : undefined;
}
