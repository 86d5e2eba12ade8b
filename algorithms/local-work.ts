/**
 * How much a client or node trains at a time, and in what batches: options that federated and gossip algorithms share.
 */
import { z } from 'zod';
import type { Amount } from '../learning/index.js';
import { optionsSchema } from '../registry/index.js';

export const batchSizeOption = z
  .union([z.int().positive(), z.literal('all')])
  .default(10)
  .describe("B, examples a step, fewer where an epoch ends; 'all' is one step an epoch");

/** @param steps describes the option that counts steps: batches of which order */
export const amountOption = (steps: string) =>
  z
    .union(
      [
        optionsSchema({ epochs: z.int().positive().describe('E, passes over the own examples') }),
        optionsSchema({ steps: z.int().positive().describe(steps) }),
      ],
      { error: 'write { epochs: E } or { steps: N }, E and N whole numbers from 1 on' },
    )
    .prefault({ epochs: 1 } satisfies Amount);
