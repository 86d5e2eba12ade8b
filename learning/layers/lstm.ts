/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997, with forget gates) over a sequence, from a state of zeros:
 * back-propagation goes through as many steps as the sequence has.
 */
import { z } from 'zod';
import { optionsSchema } from '../../registry/index.js';
import { constant, glorot, type ShapeLayer } from './kind.js';
import { array, describeShape, sequence } from './shape.js';

export const lstmSchema = optionsSchema({
  kind: z.literal('lstm'),
  units: z.int().positive(),
  returns: z.enum(['last', 'sequence']).default('last').describe('the last output, or all of them'),
});
export type LstmLayer = z.output<typeof lstmSchema>;

/** Gates in the order input, forget, cell, output. */
export const GATES = 4;

/**
 * Kernels are stored [inputs, 4 · units], gate beside gate, as in Keras. Each gate's part begins as Glorot's uniform
 * distribution, the biases as 0, and as 1 for the forget gate (Gers et al. 2000; Jozefowicz et al. 2015).
 */
export const shapeLstm: ShapeLayer<LstmLayer> = ({ units, returns }, input) => {
  if (input.kind !== 'sequence') throw new RangeError(`it takes a sequence, not ${describeShape(input)}`);
  const wide = GATES * units;
  const { length, width } = input;
  return {
    output: returns === 'last' ? array(units) : sequence(length, units),
    tensors: [
      { name: 'kernel', shape: [width, wide], role: 'weight', initial: glorot(width, units) },
      { name: 'recurrent', shape: [units, wide], role: 'recurrent', initial: glorot(units, units) },
      { name: 'bias', shape: [wide], role: 'bias', initial: constant(0, 1, 0, 0) },
    ],
  };
};
