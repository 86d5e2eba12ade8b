/** A vector for each token; the model's inputs are tokens, numbered from 0. */
import { z } from 'zod';
import { optionsSchema } from '../../registry/index.js';
import { uniform, type ShapeLayer } from './kind.js';
import { describeShape, sequence } from './shape.js';

export const embeddingSchema = optionsSchema({
  kind: z.literal('embedding'),
  vocabulary: z.int().positive().max(256).describe('how many tokens there are'),
  width: z.int().positive(),
});
export type EmbeddingLayer = z.output<typeof embeddingSchema>;

/** The table is stored [vocabulary, width], and begins as U(−0.05, 0.05), as in Keras. */
export const shapeEmbedding: ShapeLayer<EmbeddingLayer> = ({ vocabulary, width }, input) => {
  if (input.kind !== 'array' || input.extents.length !== 1) {
    throw new RangeError(`it takes an array of tokens, not ${describeShape(input)}`);
  }
  return {
    output: sequence(input.extents[0], width),
    tensors: [{ name: 'table', shape: [vocabulary, width], role: 'embedding', initial: uniform(0.05) }],
    traits: { vocabulary },
  };
};
