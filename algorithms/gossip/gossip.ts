/** Gossip learning as a recipe names it: the skeleton of skeleton.ts with all its options. */
import { z } from 'zod';
import { define } from '../../registry/index.js';
import type { Algorithm, AlgorithmContext } from '../algorithm.js';
import { familyReads } from '../needs.js';
import { messageOption } from './message-parts.js';
import { fanoutOption, mergeOption, trainingOptions } from './options.js';
import { gossiping } from './skeleton.js';
import { tokenAccountOption } from './token-account.js';

export const gossip = define({
  kind: 'gossip',
  summary: 'Gossip learning: nodes train, send their models to neighbours and merge what comes.',
  options: {
    ...trainingOptions,
    protocol: z
      .enum(['push', 'pull', 'push-pull'])
      .default('push')
      .describe('whether a node sends its model to the neighbours it draws, asks for theirs, or both'),
    fanout: fanoutOption.default(1),
    order: z
      .enum(['merge-update', 'update-merge', 'update'])
      .default('merge-update')
      .describe(
        'train what was merged, whenever a model comes; train every period and merge what comes; or train what comes',
      ),
    merge: mergeOption,
    share: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("the own model's share β of a merge; left out, the merge rule says"),
    message: messageOption,
    tokenAccount: tokenAccountOption,
  },
  create: (options, context: AlgorithmContext): Algorithm => ({
    family: 'gossip',
    ...gossiping(options, context),
    needs: (schedule) => ({ reads: familyReads('gossip', schedule), ignores: ignored(options) }),
  }),
});

function ignored({ order }: { readonly order: string }): Readonly<Record<string, string>> {
  if (order !== 'update') return {};
  const why = 'order: update adopts a received model and merges nothing';
  return { merge: why, share: why };
}
