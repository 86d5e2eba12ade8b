/** Residual connections (He et al. 2016): the sum of what layers make of an input, and of the input or its shortcut. */
import { z } from 'zod';
import { optionsSchema } from '../../registry/index.js';
import type { ShapeLayer } from './kind.js';
import { describeShape, type Shape } from './shape.js';

/** @param inner the schema of the layers inside: every kind except residual */
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

export const shapeResidual: ShapeLayer<unknown> = (_, input, { inside, around } = unbranched(input)) => {
  if (JSON.stringify(inside) !== JSON.stringify(around)) {
    throw new RangeError(
      `its layers give ${describeShape(inside)}, what goes around them ${describeShape(around)}; both must be the same`,
    );
  }
  return { output: inside, tensors: [] };
};

const unbranched = (input: Shape) => ({ inside: input, around: input });
