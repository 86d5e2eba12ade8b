/** A fully connected layer: of a sequence each position by itself, anything else flattened. */
import { z } from 'zod';
import { optionsSchema } from '../../registry/index.js';
import { activation } from './activation.js';
import { glorot, zeros, type ShapeLayer } from './kind.js';
import { array, sequence, sizeOf } from './shape.js';

export const denseSchema = optionsSchema({
  kind: z.literal('dense'),
  units: z.int().positive(),
  activation,
});
export type DenseLayer = z.output<typeof denseSchema>;

/** The kernel is stored [inputs, units], row-major. */
export const shapeDense: ShapeLayer<DenseLayer> = ({ units }, input) => {
  if (!(Number.isInteger(units) && units > 0)) {
    throw new RangeError(`it needs at least one unit, it has ${units}`);
  }
  const inputs = input.kind === 'sequence' ? input.width : sizeOf(input);
  return {
    output: input.kind === 'sequence' ? sequence(input.length, units) : array(units),
    tensors: [
      { name: 'kernel', shape: [inputs, units], role: 'weight', initial: glorot(inputs, units) },
      { name: 'bias', shape: [units], role: 'bias', initial: zeros },
    ],
  };
};
