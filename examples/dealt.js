/** A plugin: a partition that deals the training examples out like cards. */
import { define, listPartition, z } from 'murmuration-fl';

export const partitions = [
  define({
    kind: 'dealt',
    summary: 'One example to each client in turn, as they come.',
    options: { clients: z.number().int().positive().default(10).describe('how many clients') },
    create: ({ clients }, { labels }) => {
      const hands = Array.from({ length: clients }, () => []);
      for (let example = 0; example < labels.length; example++) hands[example % clients].push(example);
      return listPartition(hands);
    },
  }),
];
