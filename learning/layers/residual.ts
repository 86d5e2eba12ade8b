/** Layers around which their input goes too: the sum of both (He et al. 2016). */
import { z } from 'zod';
import { optionsSchema } from '../../registry/index.js';

/** @param inner the schema of the layers that it may have: all kinds but this one */
export const residualSchema = <Inner extends z.ZodType>(inner: Inner) =>
  optionsSchema({
    kind: z.literal('residual'),
    layers: z.array(inner).min(1).describe('what the input goes through'),
    shortcut: z
      .array(inner)
      .min(1)
      .optional()
      .describe('what it goes through on its way around; left out, nothing'),
  });
