/** The losses that a recipe can name. */
import { z } from 'zod';
import { define, filePath, Registry, type Choice } from '../registry/index.js';
import { buildModel } from './model.js';
import type { ModelContext } from './model-context.js';
import { models } from './models.js';
import type { Objective } from './objective.js';
import { readNoFiles } from './read-file.js';
import { readWeights } from './read-weights.js';

export interface LossContext extends ModelContext {
  /** The recipe's own model. */
  readonly model: Choice;
}

export const losses = new Registry<LossContext, Objective>('loss', [
  define({
    kind: 'cross-entropy',
    summary: "Softmax cross-entropy with the labels, which is every recipe's loss where it names none.",
    options: {
      labelSmoothing: z
        .number()
        .min(0)
        .lt(1)
        .default(0)
        .describe('ε: the label counts 1 − ε, and every class ε / classes besides (label smoothing)'),
    },
    create: ({ labelSmoothing: smoothing }): Objective => ({ kind: 'cross-entropy', smoothing }),
  }),
  define({
    kind: 'squared-error',
    summary:
      "The mean over the classes of (logit − y)², where y is 1 for the label's class and 0 for all others.",
    options: {},
    create: (): Objective => ({ kind: 'squared-error' }),
  }),
  define({
    kind: 'distillation',
    summary:
      "Cross-entropy with the labels, and T² times the divergence from a teacher's softmax at temperature T (Hinton, Vinyals & Dean 2015).",
    options: {
      teacher: filePath().describe("a .safetensors file with the teacher's weights"),
      model: models.field().optional().describe("the teacher's model; left out, the recipe's"),
      temperature: z.number().min(0.01).max(1000).default(2).describe('T, by which both logits are divided'),
      weight: z
        .number()
        .min(0)
        .max(1)
        .default(0.5)
        .describe('how much the teacher counts; the labels count 1 − weight'),
    },
    create: ({ teacher, model, temperature, weight }, context: LossContext): Objective => {
      const its = buildModel(models.create(model ?? context.model, context));
      const weights = readWeights(teacher, its, context.readFile ?? readNoFiles);
      return { kind: 'distillation', temperature, weight, teacher: { model: its, weights } };
    },
  }),
]);
