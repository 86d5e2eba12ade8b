/** The options of FedMA. */
import { z } from 'zod';
import { matchingOptions } from '../../matching/index.js';
import { optionsSchema } from '../../registry/index.js';
import { localOptions } from '../local-sgd.js';
import { selectionOptions } from '../selection.js';

const lastLayer = optionsSchema({
  amountFactor: z.int().positive().default(3).describe("factor on the clients' epochs, or steps"),
  learningRateFactor: z.number().positive().default(0.1).describe("factor on the clients' learning rate"),
  weightDecay: z.number().min(0).default(1e-4).describe('weight decay, in place of the optimizer’s'),
});

export const fedmaOptions = {
  ...selectionOptions,
  ...localOptions,
  matching: optionsSchema(matchingOptions).prefault({}).describe('how units are matched'),
  lastLayer: lastLayer
    .prefault({})
    .describe('how clients retrain the last layer alone, before it is averaged'),
  init: z
    .enum(['common', 'own'])
    .default('common')
    .describe("clients of the first pass start from the recipe's initial weights, or each from its own"),
  passes: z
    .int()
    .positive()
    .optional()
    .describe(
      'the run ends after this number of passes, each of one round per layer; left out, after its rounds',
    ),
};

export type FedmaOptions = z.output<z.ZodObject<typeof fedmaOptions>>;
