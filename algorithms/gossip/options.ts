/** Options that several gossip algorithms have, and what follows from them. */
import { z } from 'zod';
import { optimizerSchema, stepsOf, type Optimizer } from '../../learning/index.js';
import { mergeRules } from '../../merging/index.js';
import type { Effect, LocalTraining, View } from '../gossip.js';
import { amountOption, batchSizeOption } from '../local-work.js';

export const batchOptions = { batchSize: batchSizeOption };

/** What a node does whenever it trains. */
export const trainingOptions = {
  ...batchOptions,
  amount: amountOption('batches of the own examples, from where the node stopped').describe(
    'how much a node trains at a time: E epochs, or N optimizer steps',
  ),
  optimizer: optimizerSchema
    .prefault({ learningRate: 0.1 })
    .describe("the nodes' optimizer; what it remembers stays with the node, through merges too"),
  clip: z.number().positive().optional().describe("clips the norm of each step's gradient"),
};

export const mergeOption = mergeRules
  .field()
  .prefault('mean')
  .describe('how received models and the own one become one');

export const fanoutOption = z
  .union([z.int().positive(), z.literal('all')])
  .describe("with how many neighbours, drawn anew each time, a node exchanges models; 'all': with every one");

export interface TrainingOptions {
  readonly batchSize: number | 'all';
  readonly amount: LocalTraining['amount'];
  readonly optimizer: Optimizer;
  readonly clip?: number | undefined;
}

/** Training on the own examples; nothing for a node that has none. */
export function train({ batchSize, amount, optimizer, clip }: TrainingOptions, { samples }: View): Effect[] {
  return samples === 0 ? [] : [{ kind: 'train', batchSize, amount, optimizer, ...(clip && { clip }) }];
}

/** How many updates that is: what a model's age grows by. */
export function updates({ batchSize, amount }: TrainingOptions, { samples }: View): number {
  return samples === 0 ? 0 : stepsOf(amount, batchSize, samples);
}
