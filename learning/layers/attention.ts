/** What transformers are made of besides dense layers (Vaswani et al. 2017). */
import { z } from 'zod';
import { optionsSchema } from '../../registry/index.js';
import { glorot, uniform, zeros, type ShapeLayer } from './kind.js';
import { describeShape } from './shape.js';

/** A learned vector for each position of a sequence, added to what is there. */
export const positionalSchema = optionsSchema({ kind: z.literal('positional') });
export type PositionalLayer = z.output<typeof positionalSchema>;

export const shapePositional: ShapeLayer<PositionalLayer> = (_, input) => {
  if (input.kind !== 'sequence') throw new RangeError(`it takes a sequence, not ${describeShape(input)}`);
  const shape = [input.length, input.width];
  return {
    output: input,
    tensors: [{ name: 'table', shape, role: 'embedding', initial: uniform(0.05) }],
  };
};

/** Multi-head self-attention of each position to itself and those before it. */
export const attentionSchema = optionsSchema({
  kind: z.literal('attention'),
  heads: z.int().positive().describe('they share the width of the sequence, in multiples of 8'),
});
export type AttentionLayer = z.output<typeof attentionSchema>;

/** Queries, keys and values side by side, [width, 3 · width], each head after head; then [width, width] out. */
export const shapeAttention: ShapeLayer<AttentionLayer> = ({ heads }, input) => {
  if (input.kind !== 'sequence') throw new RangeError(`it takes a sequence, not ${describeShape(input)}`);
  const { width } = input;
  if (width % (8 * heads) !== 0) {
    throw new RangeError(
      `its ${heads} heads share a width of ${width}; each needs a multiple of 8, so a width of ${8 * heads * Math.ceil(width / (8 * heads))} would do`,
    );
  }
  return {
    output: input,
    tensors: [
      { name: 'kernel', shape: [width, 3 * width], role: 'weight', initial: glorot(width, width) },
      { name: 'bias', shape: [3 * width], role: 'bias', initial: zeros },
      { name: 'output-kernel', shape: [width, width], role: 'weight', initial: glorot(width, width) },
      { name: 'output-bias', shape: [width], role: 'bias', initial: zeros },
    ],
  };
};
